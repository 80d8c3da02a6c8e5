package doctor

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/shapestoken/shapestoken/server/secret"
)

// Config says what to look at: URL, or Saved, or both.
type Config struct {
	// URL is the page, http or https, without user and password. With Saved it
	// says where that was saved from; nil: as far as the page itself tells.
	URL *url.URL

	// Saved is a page that somebody saved; nil: URL is fetched, as a guest.
	Saved *Saved

	// Secret is the shop's id_secret, if whoever asks has it. Then a signature is
	// checked exactly, and the page is searched for the secret. Empty: not.
	Secret secret.Text

	// Origins are others that the theme is seen at, such as
	// https://www.shop.example.com.
	Origins []string

	// Exchange spends the signature in the page for a token, once.
	Exchange bool

	// Transport is how others are asked; nil: as http.DefaultTransport does.
	Transport http.RoundTripper

	Now func() time.Time
}

// Saved is a page in a file.
type Saved struct {
	Name string
	Body []byte
	Time time.Time // when it was saved
}

// checks are all there is to look at in a page, in the order of the report.
// Each adds what it finds, and leaves alone what an earlier one has shown to be
// out of reach.
var checks = []func(context.Context, *visit){
	installed,
	unrendered,
	complaints,
	scriptOf,
	metafield,
	printed,
	shopOf,
	visitor,
	identity,
	signed,
	dated,
	proven,
	endpointOf,
	service,
	sharing,
	policed,
	proxy,
	section,
	exchange,
	widgets,
}

// Run looks at a page. Asking others ends with ctx.
func Run(ctx context.Context, c Config) Report {
	v := &visit{Config: c, ask: newClient(c.Transport)}
	if v.load(ctx) {
		for _, check := range checks {
			check(ctx, v)
		}
	}
	return v.report()
}
