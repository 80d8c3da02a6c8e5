package doctor

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
)

// reason says in a few words why an address gave no answer.
func reason(err error) string {
	var name *net.DNSError
	var wrapped *url.Error
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), isTimeout(err):
		return "no answer within 10 seconds"
	case errors.As(err, &name):
		return "there is no such name as " + quote(name.Name)
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there"
	case errors.As(err, &wrapped):
		return quote(wrapped.Err.Error())
	}
	return quote(err.Error())
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// aboutTLS tells whether it was the certificate, or the lack of one.
func aboutTLS(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		alert        tls.AlertError
		record       tls.RecordHeaderError
		authority    x509.UnknownAuthorityError
	)
	return errors.As(err, &verification) || errors.As(err, &alert) || errors.As(err, &record) ||
		errors.As(err, &authority) || errors.Is(err, http.ErrSchemeMismatch)
}

// loopback tells whether a browser trusts this host without TLS (Secure
// Contexts section 3.1).
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
