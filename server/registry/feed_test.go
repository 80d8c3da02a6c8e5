package registry_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/shapestoken/shapestoken/server/broker"
)

func TestUnknownNeverReachesTheSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"))
		h.unknown("nobody")
		h.unknown("")
		if n := h.db.loads(); n != 0 {
			t.Errorf("%d loads for names that nobody has", n)
		}
	})
}

func TestPollIsOneQueryWhileNothingChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"))
		h.shows("acme", 1)
		for range 10 {
			h.polled()
			h.shows("acme", 1)
		}
		if got := [4]int{h.db.count("revision"), h.db.count("changes"), h.db.count("names"), h.db.loads()}; got != [4]int{11, 0, 1, 1} {
			t.Errorf("revision, changes, names, load were asked for %v times", got)
		}
	})
}

func TestChangeIsServedAfterOnePoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme", "bolt"))
		h.shows("acme", 1)
		h.shows("bolt", 2)
		for range 3 {
			v := h.db.put("acme")
			h.shows("bolt", 2)
			h.polled()
			h.shows("acme", v)
			h.shows("bolt", 2)
		}
		if n := h.db.count("load bolt"); n != 1 {
			t.Errorf("a tenant that didn't change was loaded %d times", n)
		}
	})
}

func TestNewAndDeletedTenantsWithinOnePoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"))
		v := h.db.put("bolt")
		h.unknown("bolt")
		h.polled()
		h.shows("bolt", v)

		h.db.drop("bolt")
		h.polled()
		loads := h.db.loads()
		h.unknown("bolt")
		if s := h.State(); s.Tenants != 1 || s.Loaded != 0 || h.db.loads() != loads {
			t.Errorf("after the deletion: %+v", s)
		}

		v = h.db.put("bolt")
		h.polled()
		h.shows("bolt", v)
	})
}

// A tenant that was deleted before the database went away must not live on.
func TestDeletedIsNotServedStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"))
		h.shows("acme", 1)
		h.db.drop("acme")
		h.polled()
		h.unavailable()
		h.refuses("acme", broker.Unavailable)
	})
}

func TestEverythingIsReadAgain(t *testing.T) {
	for name, happen := range map[string]func(*database){
		"another epoch, same revision":    func(db *database) { db.restore("second", 3) },
		"another epoch, smaller revision": func(db *database) { db.restore("second", 1) },
		"another epoch, larger revision":  func(db *database) { db.restore("second", 9) },
		"smaller revision":                func(db *database) { db.restore("first", 1) },
		"incomplete changes": func(db *database) {
			db.put("acme")
			db.put("bolt")
			db.put("core")
			db.trim(0)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := open(t, newDatabase("acme", "bolt", "core"))
				h.shows("acme", 1)
				h.shows("bolt", 2)
				happen(h.db)
				h.polled()
				h.shows("acme", h.db.version("acme"))
				loads := h.db.loads()
				h.shows("acme", h.db.version("acme"))
				if h.db.loads() != loads {
					t.Error("loaded again for nothing")
				}

				// What hasn't been loaded again is still good if the database dies now.
				h.unavailable()
				h.shows("acme", h.db.version("acme"))
				h.shows("bolt", 2)
				h.refuses("core", broker.Unavailable)

				h.back()
				h.shows("bolt", h.db.version("bolt"))
				h.shows("core", h.db.version("core"))
			})
		})
	}
}

// The feed goes on where it stood before a poll that failed half way.
func TestFailedPollLosesNoChange(t *testing.T) {
	for _, call := range []string{"revision", "changes", "names"} {
		t.Run(call, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := open(t, newDatabase("acme"))
				h.shows("acme", 1)
				v, w := h.db.put("acme"), h.db.put("bolt")
				h.db.on(failing(call), nil)
				h.polled()
				h.shows("acme", 1)
				h.refuses("bolt", broker.Unavailable)
				h.back()
				h.shows("acme", v)
				h.shows("bolt", w)
			})
		})
	}
}

// A change between two queries of one poll must not be taken for seen.
func TestChangeDuringPoll(t *testing.T) {
	for _, call := range []string{"revision", "changes", "names"} {
		t.Run(call, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := open(t, newDatabase("acme"))
				h.shows("acme", 1)
				h.db.put("acme")
				var v int64
				h.db.on(nil, func(_ context.Context, c string) error {
					if c == call && v == 0 {
						v = h.db.put("acme")
					}
					return nil
				})
				h.polled()
				h.polled()
				h.shows("acme", v)
			})
		})
	}
}
