package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// canary is the private scalar as walk writes it.
func canary(k crypto.Signer) string {
	switch k := k.(type) {
	case *ecdsa.PrivateKey:
		scalar, _ := k.Bytes()
		return fmt.Sprintf("%x", scalar)
	case *rsa.PrivateKey:
		return k.D.Text(16)
	}
	return fmt.Sprintf("%x", k.(ed25519.PrivateKey).Seed())
}

// walk writes every number, text and byte that reflection reaches from v.
func walk(out *strings.Builder, v reflect.Value, seen map[uintptr]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() && !seen[v.Pointer()] {
			seen[v.Pointer()] = true
			walk(out, v.Elem(), seen)
		}
	case reflect.Interface:
		walk(out, v.Elem(), seen)
	case reflect.Struct:
		for _, field := range v.Fields() {
			walk(out, field, seen)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			walk(out, v.MapIndex(k), seen)
		}
	case reflect.Slice, reflect.Array:
		walkList(out, v, seen)
	case reflect.String:
		out.WriteString(v.String() + "\n")
	}
}

func walkList(out *strings.Builder, v reflect.Value, seen map[uintptr]bool) {
	var digits string // bytes in order; words of a big.Int from the last
	for i := range v.Len() {
		switch e := v.Index(i); e.Kind() {
		case reflect.Uint8:
			digits += fmt.Sprintf("%02x", e.Uint())
		case reflect.Uint:
			digits = fmt.Sprintf("%016x", e.Uint()) + digits
		default:
			walk(out, e, seen)
		}
	}
	out.WriteString(strings.TrimLeft(digits, "0") + "\n")
}

// However a mint is printed, dumped or compared, its private key stays inside.
func TestMintShowsNoKey(t *testing.T) {
	for _, alg := range algorithms {
		for name, from := range map[string]any{"mint": mint(t, alg), "key": private(t, alg)} {
			var out strings.Builder
			walk(&out, reflect.ValueOf(from), map[uintptr]bool{})
			found := strings.Contains(out.String(), strings.TrimLeft(canary(private(t, alg)), "0"))
			if found != (name == "key") { // the walk must find what is there
				t.Errorf("%s: private key found in the %s: %v", alg, name, found)
			}
		}
	}
}

func TestOnlyTheActiveKeySigns(t *testing.T) {
	m := newMint(t, house(t))
	for kid, k := range m.keys {
		if (k.sign != nil) != (kid == m.active.kid) {
			t.Errorf("%s keeps its private key, or the active one does not", k.algorithm)
		}
	}
}
