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

func (st state) repaired() string {
	st.fault = ""
	return st.href()
}

func (st state) faults() (all []choice) {
	here := st.fault
	for _, f := range faults {
		st.fault = f.Key
		all = append(all, choice{f.Key, f.Title, f.Hint, st.href(), f.Key == here})
	}
	return all
}

// versions takes the version that is signed, which a fault may have chosen.
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
