package seal

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/shapestoken/shapestoken/server/broker"
)

// What a database holds may be anybody's bytes.
func FuzzUnseal(f *testing.F) {
	k, err := Create(filepath.Join(f.TempDir(), "shapestoken.key"))
	if err != nil {
		f.Fatal(err)
	}
	p := broker.Place{Tenant: "acme", Table: "shop", Column: "id_secret", Row: "1"}
	sealed, err := k.Seal(p, []byte("plaintext"))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{nil, sealed, sealed[:prefixLen], sealed[:len(sealed)-1], bytes.Repeat(sealed, 2)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, forged []byte) {
		opened, err := k.Unseal(p, forged)
		if bytes.Equal(forged, sealed) {
			return
		}
		if opened != nil || !errors.Is(err, ErrWrongKey) {
			t.Fatalf("Unseal = %q, %v, want ErrWrongKey alone", opened, err)
		}
	})
}

// Whatever parses must seal, name its key, and survive being written again.
func FuzzParse(f *testing.F) {
	handle, err := generate()
	if err != nil {
		f.Fatal(err)
	}
	var good bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&good)); err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "{}", "null", good.String(), good.String()[:good.Len()/2]} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		keys, err := parse(content)
		if err != nil {
			if !errors.Is(err, errKeyset) {
				t.Fatalf("an error other than errKeyset: %v", err)
			}
			return
		}
		sealed, err := keys.aead.Encrypt([]byte("plaintext"), nil)
		if err != nil || KeyID(sealed) != name(keys.primary) || !keys.ids[keys.primary] {
			t.Fatalf("sealed with %s, %v, want %s", KeyID(sealed), err, name(keys.primary))
		}
	})
}
