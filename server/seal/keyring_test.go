package seal_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/seal"
)

const canary = "canary-7Qx9"

var here = broker.Place{Tenant: "acme", Table: "shop", Column: "id_secret", Row: "1"}

// create makes a master key file in a folder of its own.
func create(t testing.TB) (*seal.Keyring, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shapestoken.key")
	k, err := seal.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	return k, path
}

func open(t testing.TB, path string) *seal.Keyring {
	t.Helper()
	k, err := seal.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func mustSeal(t testing.TB, k *seal.Keyring, p broker.Place, plaintext string) []byte {
	t.Helper()
	sealed, err := k.Seal(p, []byte(plaintext))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func mustUnseal(t testing.TB, k *seal.Keyring, p broker.Place, sealed []byte, want string) {
	t.Helper()
	got, err := k.Unseal(p, sealed)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Fatalf("opened %q, want %q", got, want)
	}
}

// mustRefuse checks that sealed does not open at p, and what the error says.
func mustRefuse(t testing.TB, k *seal.Keyring, p broker.Place, sealed []byte) {
	t.Helper()
	got, err := k.Unseal(p, sealed)
	if got != nil || !errors.Is(err, seal.ErrWrongKey) {
		t.Fatalf("Unseal = %q, %v, want ErrWrongKey alone", got, err)
	}
	if !strings.Contains(err.Error(), p.String()) || strings.Contains(err.Error(), canary) {
		t.Fatalf("the error must name the place and not the content: %v", err)
	}
}

func TestRoundTrip(t *testing.T) {
	k, path := create(t)
	again := open(t, path)
	rapid.Check(t, func(rt *rapid.T) {
		plaintext := rapid.SliceOf(rapid.Byte()).Draw(rt, "plaintext")
		sealed, err := k.Seal(here, plaintext)
		if err != nil {
			rt.Fatal(err)
		}
		opened, err := again.Unseal(here, sealed)
		if err != nil || !bytes.Equal(opened, plaintext) {
			rt.Fatalf("opened %q, %v, want %q", opened, err, plaintext)
		}
	})
}

func TestSealingTwiceDiffers(t *testing.T) {
	k, _ := create(t)
	if bytes.Equal(mustSeal(t, k, here, canary), mustSeal(t, k, here, canary)) {
		t.Error("the same value sealed twice is the same bytes, so the nonce repeats")
	}
}

func TestMovedValueDoesNotOpen(t *testing.T) {
	k, _ := create(t)
	places := map[string]broker.Place{
		"here":   here,
		"tenant": {Tenant: "bravo", Table: "shop", Column: "id_secret", Row: "1"},
		"table":  {Tenant: "acme", Table: "client", Column: "id_secret", Row: "1"},
		"column": {Tenant: "acme", Table: "shop", Column: "access_token", Row: "1"},
		"row":    {Tenant: "acme", Table: "shop", Column: "id_secret", Row: "2"},
		"case":   {Tenant: "Acme", Table: "shop", Column: "id_secret", Row: "1"},
		"shift":  {Tenant: "acm", Table: "eshop", Column: "id_secret", Row: "1"},
		"swap":   {Tenant: "shop", Table: "acme", Column: "id_secret", Row: "1"},
		"spill":  {Tenant: "acme", Table: "shop", Column: "id_secret1", Row: "\x00"},
	}
	for from, p := range places {
		sealed := mustSeal(t, k, p, canary)
		for to, q := range places {
			if from == to {
				mustUnseal(t, k, q, sealed, canary)
			} else {
				mustRefuse(t, k, q, sealed)
			}
		}
	}
}

func TestPlaceMustBeWhole(t *testing.T) {
	k, _ := create(t)
	sealed := mustSeal(t, k, here, canary)
	for name, p := range map[string]broker.Place{
		"nothing":   {},
		"no tenant": {Table: "shop", Column: "id_secret", Row: "1"},
		"no table":  {Tenant: "acme", Column: "id_secret", Row: "1"},
		"no column": {Tenant: "acme", Table: "shop", Row: "1"},
		"no row":    {Tenant: "acme", Table: "shop", Column: "id_secret"},
	} {
		if _, err := k.Seal(p, []byte(canary)); err == nil {
			t.Errorf("%s: Seal accepts it", name)
		}
		// It is the caller's mistake, and no sign of a wrong key.
		if _, err := k.Unseal(p, sealed); err == nil || errors.Is(err, seal.ErrWrongKey) {
			t.Errorf("%s: Unseal says %v", name, err)
		}
	}
}

func TestChangedValueDoesNotOpen(t *testing.T) {
	k, _ := create(t)
	sealed := mustSeal(t, k, here, canary)
	for i := range len(sealed) {
		mustRefuse(t, k, here, sealed[:i])
		for bit := range 8 {
			flipped := bytes.Clone(sealed)
			flipped[i] ^= 1 << bit
			mustRefuse(t, k, here, flipped)
		}
	}
	mustRefuse(t, k, here, append(bytes.Clone(sealed), 0))
	mustRefuse(t, k, here, []byte(canary))
	mustRefuse(t, k, here, nil)
}

func TestWrongKeyFile(t *testing.T) {
	k, _ := create(t)
	other, path := create(t)
	sealed := mustSeal(t, k, here, canary)
	mustRefuse(t, other, here, sealed)
	_, err := other.Unseal(here, sealed)
	for _, want := range []string{seal.KeyID(sealed), path} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in %v", want, err)
		}
	}
}

func TestKeyID(t *testing.T) {
	k, _ := create(t)
	if got := seal.KeyID(mustSeal(t, k, here, "")); got != k.Primary() || len(got) != 8 {
		t.Errorf("sealed with %q, want the primary key %q", got, k.Primary())
	}
	for _, tt := range []struct{ sealed, want string }{
		{"", ""},
		{"\x01\x00\x00\x00", ""},
		{"\x00\x00\x00\x00\x07", ""},
		{"\x01\x00\x00\x00\x07", "00000007"},
		{"plain text", ""},
	} {
		if got := seal.KeyID([]byte(tt.sealed)); got != tt.want {
			t.Errorf("KeyID(%q) = %q, want %q", tt.sealed, got, tt.want)
		}
	}
}

func TestCiphertextHidesContent(t *testing.T) {
	k, _ := create(t)
	sealed := mustSeal(t, k, here, canary)
	for _, text := range []string{canary, here.Tenant, here.Table, here.Column} {
		if bytes.Contains(sealed, []byte(text)) {
			t.Errorf("the sealed value contains %q", text)
		}
	}
}

// The key itself must not show when a keyring is printed or logged.
func TestKeyringHidesKey(t *testing.T) {
	k, path := create(t)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`"value":\s*"([^"]+)"`).FindSubmatch(content)
	if key == nil {
		t.Fatal("no key in the master key file")
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%v %+v %#v", k, k, k)
	slog.New(slog.NewTextHandler(&out, nil)).Info("keyring", "k", k)
	if bytes.Contains(out.Bytes(), key[1]) {
		t.Error("a printed keyring shows its key")
	}
}

func TestSealNeedsTheFile(t *testing.T) {
	k, path := create(t)
	sealed := mustSeal(t, k, here, canary)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Seal(here, []byte(canary)); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("Seal says %v, want that %s does not exist", err, path)
	}
	mustUnseal(t, k, here, sealed, canary)
}

func TestUnsealSaysWhyAKeyIsUnknown(t *testing.T) {
	other, _ := create(t)
	sealed := mustSeal(t, other, here, canary)
	k, path := create(t)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	_, err := k.Unseal(here, sealed)
	if !errors.Is(err, seal.ErrWrongKey) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v must wrap both ErrWrongKey and ErrNotExist", err)
	}
}
