package seal_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"

	"github.com/shapestoken/shapestoken/server/seal"
)

func TestCreateKeepsAnExistingFile(t *testing.T) {
	k, path := create(t)
	sealed := mustSeal(t, k, here, canary)
	if _, err := seal.Create(path); !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("Create says %v, want that %s exists", err, path)
	}
	mustUnseal(t, open(t, path), here, sealed, canary)
}

func TestCreateNeedsAFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nowhere", "shapestoken.key")
	if _, err := seal.Create(path); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("Create says %v, want that %s has no folder", err, path)
	}
}

func TestErrorsNameTheAbsolutePath(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	_, err = seal.Open("missing.key")
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), filepath.Join(dir, "missing.key")) {
		t.Errorf("Open says %v, want the absolute path and ErrNotExist", err)
	}
}

// A process may change its folder later; the file stays where it was.
func TestPathIsResolvedOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	k, err := seal.Create("shapestoken.key")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	mustUnseal(t, k, here, mustSeal(t, k, here, canary), canary)
}

// encode writes a keyset as a master key file holds it.
func encode(t testing.TB, handle *keyset.Handle) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&out)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func keysetOf(t testing.TB, template *tinkpb.KeyTemplate) []byte {
	t.Helper()
	handle, err := keyset.NewHandle(template)
	if err != nil {
		t.Fatal(err)
	}
	return encode(t, handle)
}

func disabledKey(t testing.TB) []byte {
	t.Helper()
	m := keyset.NewManager()
	first, err := m.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		t.Fatal(err)
	}
	second, err := m.Add(aead.AES256GCMKeyTemplate())
	if err = errors.Join(err, m.SetPrimary(first), m.Disable(second)); err != nil {
		t.Fatal(err)
	}
	handle, err := m.Handle()
	if err != nil {
		t.Fatal(err)
	}
	return encode(t, handle)
}

func TestOpenRefusesOtherContent(t *testing.T) {
	good := keysetOf(t, aead.AES256GCMKeyTemplate())
	for name, content := range map[string][]byte{
		"empty":           nil,
		"text":            []byte(canary),
		"other json":      []byte(`{"` + canary + `": true}`),
		"half a keyset":   good[:len(good)/2],
		"no keys":         []byte(`{"primaryKeyId": 1, "key": []}`),
		"no primary":      regexp.MustCompile(`"primaryKeyId":\s*\d+`).ReplaceAll(good, []byte(`"primaryKeyId":1`)),
		"too large":       append(bytes.Clone(good), bytes.Repeat([]byte(" "), 1<<20)...),
		"AES-128":         keysetOf(t, aead.AES128GCMKeyTemplate()),
		"another cipher":  keysetOf(t, aead.XChaCha20Poly1305KeyTemplate()),
		"without key ids": keysetOf(t, aead.AES256GCMNoPrefixKeyTemplate()),
		"not a cipher":    keysetOf(t, mac.HMACSHA256Tag256KeyTemplate()),
		"disabled key":    disabledKey(t),
	} {
		path := filepath.Join(t.TempDir(), "shapestoken.key")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := seal.Open(path)
		if err == nil || !strings.Contains(err.Error(), path+" is not a master key file") {
			t.Errorf("%s: Open says %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), canary) {
			t.Errorf("%s: the error quotes the file: %v", name, err)
		}
	}
}

func TestOpenRefusesAFolder(t *testing.T) {
	dir := t.TempDir()
	if _, err := seal.Open(dir); err == nil || !strings.Contains(err.Error(), dir+" is not a regular file") {
		t.Errorf("Open says %v", err)
	}
}
