package registry

// clock decides who makes room: its hand goes round, passes over those that have
// been asked for since it last came by, and stops at the first that hasn't.
type clock struct {
	ring []*entry
	hand int
}

func (c *clock) add(e *entry) {
	e.slot = len(c.ring)
	c.ring = append(c.ring, e)
}

// remove fills e's place with the last of the ring.
func (c *clock) remove(e *entry) {
	last := len(c.ring) - 1
	moved := c.ring[last]
	c.ring[e.slot], moved.slot = moved, e.slot
	c.ring[last] = nil
	c.ring = c.ring[:last]
}

// victim returns who is to make room; the ring must not be empty. After one
// round it is whoever stands there, however busy all of them are.
func (c *clock) victim() *entry {
	for range c.ring {
		e := c.at()
		if !e.asked.Load() {
			return e
		}
		e.asked.Store(false)
		c.hand++
	}
	return c.at()
}

func (c *clock) at() *entry {
	if c.hand >= len(c.ring) {
		c.hand = 0
	}
	return c.ring[c.hand]
}
