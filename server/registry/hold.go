package registry

// hold makes s what e shows, unless e has gone or shows something newer.
func (r *Registry) hold(e *entry, s *snapshot) {
	r.mu.Lock()
	defer r.mu.Unlock()
	old := e.snap.Load()
	if e.gone.Load() || old.shows(s.at) {
		return
	}
	if old == nil {
		r.makeRoom()
		r.held.add(e)
	}
	e.snap.Store(s)
}

// makeRoom lets go of tenants until one more fits. While the database is away
// there is no telling when they could be had back.
func (r *Registry) makeRoom() {
	for len(r.held.ring) >= r.config.Bound && !r.health.Load().away {
		r.release(r.held.victim())
	}
}

// release lets go of what e shows. r.mu is held.
func (r *Registry) release(e *entry) {
	if e.snap.Swap(nil) != nil {
		r.held.remove(e)
	}
}

// forget removes e because the source has no such tenant. If something else has
// become wanted since that look began, the tenant may have been made anew.
func (r *Registry) forget(e *entry, want mark) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !e.gone.Load() && r.wanted(e) == want {
		r.remove(e)
	}
}

// remove takes e out of the registry. r.mu is held.
func (r *Registry) remove(e *entry) {
	e.gone.Store(true)
	r.entries.Delete(e.name)
	r.count--
	r.release(e)
}

// apply makes names all the names there are, and wants the changed ones to show
// revision n. With fresh, a new era begins, and nothing loaded before counts.
func (r *Registry) apply(names, changed []string, n int64, fresh bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range changed {
		if e, known := r.entries.Load(name); known {
			e.(*entry).want.Store(n)
		}
	}
	r.list(names, n)
	if fresh {
		r.era.Add(1) // last: see wanted
	}
}

// list adds what is new in names and removes what is no longer there. Every
// entry that is listed is stamped with this round. r.mu is held.
func (r *Registry) list(names []string, n int64) {
	r.round++
	for _, name := range names {
		if found, known := r.entries.Load(name); known {
			found.(*entry).round = r.round
			continue
		}
		e := &entry{name: name, round: r.round}
		e.want.Store(n)
		r.entries.Store(name, e)
		r.count++
	}
	r.entries.Range(func(_, value any) bool {
		if e := value.(*entry); e.round != r.round {
			r.remove(e)
		}
		return true
	})
}
