package storetest

import (
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
)

// Noon is the time on the clock of a store that Open has opened.
var Noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// Open creates the database if need be, unlocks it with Keyring{1} and closes
// it with the test. Its clock stands at Noon.
func Open(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Create(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Now = func() time.Time { return Noon }
	if err := s.Unlock(t.Context(), Keyring{1}); err != nil {
		t.Fatal(err)
	}
	return s
}

// Settings are what a new tenant may have.
func Settings(name string) broker.Settings {
	return broker.Settings{
		Name: name, Status: broker.Active, Algorithm: broker.ES256,
		TokenTTL: broker.DefaultTokenTTL, KeyTTL: broker.DefaultKeyTTL, JWKSMaxAge: broker.DefaultJWKSMaxAge,
		Created: Noon,
	}
}

// Key is a signing key, published at Noon and active from then on if that is
// its state. Its private part is nothing that could sign.
func Key(kid string, state broker.KeyState) broker.SigningKey {
	k := broker.SigningKey{
		KID: kid, Algorithm: broker.ES256, State: state, Published: Noon,
		Private: secret.New("private part of " + kid),
	}
	if state != broker.Next {
		k.Activated = Noon
	}
	return k
}

// Tenant creates a tenant with the keys "NAME-1", active, and "NAME-2", next.
func Tenant(t *testing.T, s *store.Store, name string) store.Tenant {
	t.Helper()
	err := s.CreateTenant(t.Context(), store.NewTenant{
		Settings: Settings(name),
		Keys:     []broker.SigningKey{Key(name+"-1", broker.Current), Key(name+"-2", broker.Next)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s.In(name)
}

// Secret is an id_secret that is long enough.
func Secret(name string) secret.Text { return secret.New(name + " 0123456789abcdef0123456789abcdef") }

// Shop is a shop as a command would add it.
func Shop(name string) broker.ShopRecord {
	return broker.ShopRecord{Name: name, Policy: broker.V1AndV2, MaxAge: 20 * time.Minute, Created: Noon}
}
