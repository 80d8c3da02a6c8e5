package doctor

import "strings"

// A Marker is what the snippet wrote for the script to read
// (docs/theme-developer.md, "What it renders"); all may be empty.
type Marker struct {
	State     string // customer, guest or design
	Secret    string // present, blank or unused
	Shop      string
	Endpoint  string
	Source    string // "proxy": tokens come through the shop's own app proxy
	Proxy     string // its path; beside an endpoint, pages that stay open and guests use it
	ID        string
	Signature string
	Timestamp string

	dated  bool // there is a timestamp, be it empty
	itself bool // it stands on the script element: there may be no other
}

func markerOf(e element) Marker {
	return Marker{
		State: e.attr("data-state"), Secret: e.attr("data-secret"), Shop: e.attr("data-shop"), Endpoint: e.attr("data-endpoint"),
		Source: e.attr("data-source"), Proxy: e.attr("data-proxy"),
		ID: e.attr("data-id"), Signature: e.attr("data-signature"), Timestamp: e.attr("data-timestamp"),
		dated: e.has("data-timestamp"), itself: !strings.EqualFold(e.attr("type"), "application/json"),
	}
}

// marker is the one that the script would take: the first that the theme editor
// did not make. Nil if there is none.
func (p *Page) marker() *Marker {
	for i := range p.markers {
		if p.markers[i].State != "design" {
			return &p.markers[i]
		}
	}
	return nil
}

func (m *Marker) proxied() bool { return m.Source == "proxy" }

// customer tells whether somebody is logged in.
func (m *Marker) customer() bool { return m.State == "customer" || m.ID != "" || m.Signature != "" }

// dates tells whether the signature is meant to carry a time: all but Omneo's
// own service is asked with v2 unless the theme says otherwise, and a guest's
// marker does not tell.
func (m *Marker) dates() bool {
	return !m.proxied() && (m.Timestamp != "" || !m.customer() && !isOmneo(m.Endpoint))
}
