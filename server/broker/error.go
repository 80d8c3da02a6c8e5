package broker

import (
	"errors"
	"time"
)

// Code is what a program reads of an error: the RFC 6749 string where there is one.
type Code string

// The codes. What HTTP status each has is the dialect's table.
const (
	InvalidRequest   Code = "invalid_request"
	InvalidSignature Code = "invalid_signature"
	SecretMissing    Code = "secret_missing"
	SignatureExpired Code = "signature_expired"
	SignatureVersion Code = "signature_version"
	OriginNotAllowed Code = "origin_not_allowed"
	RateLimited      Code = "rate_limited"
	AccessDenied     Code = "access_denied"
	InvalidScope     Code = "invalid_scope"
	InvalidClient    Code = "invalid_client"
	InvalidGrant     Code = "invalid_grant"
	InvalidTarget    Code = "invalid_target" // RFC 8707
	Unauthorized     Code = "unauthorized_client"
	UnsupportedGrant Code = "unsupported_grant_type"
	InvalidToken     Code = "invalid_token"      // RFC 6750
	LacksScope       Code = "insufficient_scope" // RFC 6750
	NotFound         Code = "not_found"

	InvalidRedirect Code = "invalid_redirect_uri" // RFC 7591 section 3.2.2, as the next
	InvalidMetadata Code = "invalid_client_metadata"

	UnsupportedResponse  Code = "unsupported_response_type"
	UnsupportedObject    Code = "request_not_supported" // OpenID Connect Core section 6
	UnsupportedReference Code = "request_uri_not_supported"
	NeedsSignIn          Code = "login_required" // section 3.1.2.6, as the next
	NeedsConsent         Code = "consent_required"

	ServerError Code = "server_error"
	Unavailable Code = "temporarily_unavailable"
)

// Error is a refusal. Anything else that goes wrong is our fault and tells the
// caller nothing but ServerError.
type Error struct {
	Code       Code
	Message    string        // safe to send; says what the caller can do; never quotes what was sent
	RetryAfter time.Duration // zero: no advice
	Cause      error         // only ever logged
}

// Refuse makes an Error.
func Refuse(code Code, message string) *Error { return &Error{Code: code, Message: message} }

// Because returns a copy of e with a cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// After returns a copy of e that says when to try again.
func (e *Error) After(d time.Duration) *Error {
	c := *e
	c.RetryAfter = d
	return &c
}

// Error is for logs; callers are sent Code and Message only.
func (e *Error) Error() string {
	s := string(e.Code) + ": " + e.Message
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// AsError returns what a caller may see of err: err itself if it is an *Error,
// and otherwise a ServerError with err as its cause.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return errInternal.Because(err)
}

// What the store may say to whoever asks it.
var (
	ErrNoTenant = errors.New("no such tenant")
	ErrNotFound = errors.New("there is no such thing")
	ErrConflict = errors.New("somebody else was faster; look again")
)

var (
	errInternal      = Refuse(ServerError, "something went wrong on our side; the request id finds it in the service's log")
	errSigning       = Refuse(Unavailable, "the token could not be signed; try again").After(time.Second)
	errSuspended     = Refuse(AccessDenied, "this tenant is suspended")
	errGrantDenied   = Refuse(AccessDenied, "this tenant does not serve this way of getting a token")
	errBlocked       = Refuse(AccessDenied, "no token is issued for this customer")
	errNoSubject     = errors.New("a proof returned nobody")
	errYieldsNothing = errors.New("the rule yields no token")
	errUnaudited     = Refuse(Unavailable, "the token could not be written into the audit, so it is not given; try again").After(time.Second)
)
