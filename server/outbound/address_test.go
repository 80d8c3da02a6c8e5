package outbound_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/server/outbound"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// names looks names up in a table, and fails the test for any other.
func names(t *testing.T, table map[string][]string) func(context.Context, string) ([]netip.Addr, error) {
	return func(_ context.Context, host string) (found []netip.Addr, err error) {
		list, ok := table[host]
		if !ok {
			t.Errorf("%q was looked up", host)
		}
		for _, a := range list {
			found = append(found, netip.MustParseAddr(a))
		}
		return found, nil
	}
}

func TestCheck(t *testing.T) {
	strict := outbound.New(outbound.Config{Lookup: names(t, nil)})
	for _, good := range []string{
		"https://hooks.example.com/done?x=1", "https://hooks.example.com", "https://hooks.example.com:443/", "https://HOOKS.example.com/%20/%23",
		"https://xn--bcher-kva.example/", "https://1.example.com/", "https://3com.example/?q=%5C", "https://a.b-c.d1/",
	} {
		if err := strict.Check(t.Context(), good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	bad := map[string][]string{
		"only https":      {"http://hooks.example.com/", "ftp://hooks.example.com/", "//hooks.example.com/", "/path", "gopher://x.y/", "file:///etc/passwd", "javascript:alert(1)"},
		"https://host":    {"https:hooks.example.com", "https:///path", "https://", "https://hooks.example.com:/"},
		"user name":       {"https://user@hooks.example.com/", "https://user:pass@hooks.example.com/", "https://@hooks.example.com/", "https://a.example%40b.example@c.example/"},
		"fragment":        {"https://hooks.example.com/#x", "https://hooks.example.com/#"},
		"backslash":       {`https://hooks.example.com\@127.0.0.1/`, `https://hooks.example.com/a\b`, `https://hooks.example.com/?a\b`, "https://hooks.example.com/%5C"},
		"visible":         {"https://hooks.example.com/ a", " https://hooks.example.com/", "https://hooks.example.com/\n", "https://b\u00fccher.example/", "https://hooks.example.com/\x00", "https://hooks.example.com/" + strings.Repeat("a", 2048)},
		"not a URL":       {"https://hooks.example.com:http/", "https://[::1/", "https://hooks.example.com/%zz"},
		"port 443":        {"https://hooks.example.com:80/", "https://hooks.example.com:8443/", "https://hooks.example.com:0443/", "https://hooks.example.com:22/"},
		"and no address":  {"https://127.0.0.1/", "https://8.8.8.8/", "https://[::1]/", "https://[2606:4700:4700::1111]/", "https://[fe80::1%25eth0]/", "https://[::ffff:127.0.0.1]/"},
		"full name":       {"https://localhost/", "https://intranet/", "https://hooks.example.com./", "https://.example.com/", "https://a..example.com/", "https://-a.example.com/", "https://a-.example.com/", "https://a_b.example.com/", "https://*.example.com/", "https://" + strings.Repeat("a", 64) + ".example.com/", "https://" + strings.Repeat("a.", 130) + "com/"},
		"such as hooks.e": {"https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://0177.0.0.1/", "https://127.0.0.1./", "https://127.000.000.001/", "https://1.2.3.4.5/", "https://hooks.example.1/", "https://hooks.example.0x1/"},
	}
	for rule, list := range bad {
		for _, address := range list {
			err := strict.Check(t.Context(), address)
			if !errors.Is(err, outbound.ErrRefused) || !strings.Contains(err.Error(), rule) {
				t.Errorf("%q: %v, want the rule about %s", address, err, rule)
			}
		}
	}
}

func TestErrorsQuoteNothing(t *testing.T) {
	c := outbound.New(outbound.Config{})
	for _, begin := range []string{"http://a.example/", "https://a.example:1/", "https://a/", "https://u:canary@a.example/", "https://a.example/%zz", "https://[canary/", "https://canary"} {
		err := c.Check(t.Context(), begin+"canary?token=canary#canary")
		if err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", begin, err)
		}
		err = c.Check(t.Context(), begin+"canary?token=canary")
		if err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", begin, err)
		}
	}
}

// Exceptions are for allowed addresses, and a name is one only if all of its
// addresses are.
func TestCheckExceptions(t *testing.T) {
	c := outbound.New(outbound.Config{Allow: loopback, Lookup: names(t, map[string][]string{
		"localhost": {"127.0.0.1", "::1"}, "hooks.internal": {"127.9.9.9"}, "hooks.example.com": {"8.8.8.8"}, "both.example": {"127.0.0.1", "8.8.8.8"}, "nobody.example": {},
	})})
	rows := map[string]bool{
		"http://127.0.0.1:8080/x":          true,
		"https://127.0.0.1/":               true,
		"http://[::1]:8080/":               true,
		"http://[::ffff:127.0.0.1]:8080/":  true,
		"http://localhost:8080/":           true,
		"http://hooks.internal/":           true,
		"https://hooks.internal:8443/":     true,
		"https://anything.example/":        true, // ordinary: judged when it is called
		"http://hooks.example.com/":        false,
		"https://hooks.example.com:8443/":  false,
		"http://both.example/":             false,
		"http://nobody.example/":           false,
		"http://8.8.8.8/":                  false,
		"https://8.8.8.8/":                 false,
		"http://10.0.0.1/":                 false,
		"http://127.1:8080/":               false,
		"http://2130706433/":               false,
		"http://user@127.0.0.1/":           false,
		"ftp://127.0.0.1/":                 false,
		"http://[::1%25lo]:8080/":          false,
		"http://127.0.0.1:8080/#fragment":  false,
		`http://127.0.0.1:8080/\backslash`: false,
	}
	for address, want := range rows {
		if err := c.Check(t.Context(), address); (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
}
