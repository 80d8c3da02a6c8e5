package demo

// choice is a link that changes one part of the state.
type choice struct {
	Key, Title, Hint string
	Href             string
	Here             bool // as it is now
}

// href is the address of a state. It leads to the panel, which on a small
// screen is below the fold.
func (st state) href() string { return "/" + st.query() + "#happened" }

// usual is the address without fault and trial.
func (st state) usual() string {
	st.fault, st.trial = "", ""
	return st.href()
}

func (st state) faults() []choice {
	return switches(faults, st.fault, func(key string) string {
		st.fault, st.trial = key, ""
		return st.href()
	})
}

func (st state) trials() []choice {
	return switches(trials, st.trial, func(key string) string {
		st.fault, st.trial = "", key
		return st.href()
	})
}

func switches(table []twist, here string, href func(key string) string) (all []choice) {
	for _, t := range table {
		all = append(all, choice{t.Key, t.Title, t.Hint, href(t.Key), t.Key == here})
	}
	return all
}

func (st state) sources() []choice {
	signature, proxy := st, st
	signature.source, proxy.source = "signature", "proxy"
	return []choice{
		{"signature", "signature", "Liquid signs with the secret in the metafield", signature.href(), st.source == "signature"},
		{"proxy", "app proxy", "Shopify signs, and Liquid has no secret", proxy.href(), st.source == "proxy"},
	}
}

// versions takes the version that is signed, which a twist may have chosen.
func (st state) versions(here string) []choice {
	v1, v2 := st, st
	v1.version, v2.version = "v1", "v2"
	return []choice{
		{"v2", "v2", "shop, id and time", v2.href(), here == "v2"},
		{"v1", "v1", "the id alone", v1.href(), here == "v1"},
	}
}

func (st state) metafields() []choice {
	typed, bare := st, st
	typed.metafield, bare.metafield = "value", "bare"
	return []choice{
		{"value", ".value", "of a type, as made today", typed.href(), st.metafield == "value"},
		{"bare", "bare", "of the old kind, without a type", bare.href(), st.metafield == "bare"},
	}
}

func (st state) debugs() []choice {
	off, on := st, st
	off.debug, on.debug = "off", "on"
	return []choice{
		{"off", "off", "the script tells of failures only", off.href(), st.debug == "off"},
		{"on", "on", "the script tells each step in the console", on.href(), st.debug == "on"},
	}
}
