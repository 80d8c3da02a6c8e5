package demo

import "html/template"

// A twist is one thing about the storefront that is not as usual: a fault, or a
// trial.
type twist struct {
	Key, Title, Hint string
	Changed          template.HTML // what is different, in one sentence or two
	Advice           template.HTML // of a fault what a theme developer does about it, of a trial what there is to see
	Script           string        // file that the page loads before the snippet's script; empty: none
	Ahead            int           // seconds by which that script puts the clock forward
	Signature        bool          // it is about the secret or the signature, and nothing without them
	rig              func(*site, *scene)
}

// twistOf returns nil for a key that is not in the table.
func twistOf(table []twist, key string) *twist {
	for i := range table {
		if table[i].Key == key {
			return &table[i]
		}
	}
	return nil
}
