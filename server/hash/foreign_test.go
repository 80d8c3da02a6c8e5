package hash

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// foreign are hashes that the reference implementation in C made.
var foreign = []struct {
	name, password, phc string
	cost                Cost
	again               bool
}{
	{"today's", "correct horse", "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$0AuQxA+RjPiJeA19Op7DwrFxnfh9xeTU2T6mFj2wThc", Cost{19456, 2, 1}, false},
	{"1,024 bytes", strings.Repeat("x", 1024), "$argon2id$v=19$m=19456,t=2,p=1$EBESExQVFhcYGRobHB0eHw$1ecGtNqVKfhq8eIXz+cEFErrRXxDpQyBYNWaPFn/xqc", Cost{19456, 2, 1}, false},
	{"libsodium's", "password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", Cost{65536, 2, 1}, true},
	{"RFC 9106's second choice", "password", "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$30qzyWwD2lSUUirCQ2HnpzpY0e/8M99L", Cost{65536, 3, 4}, true},
	{"OWASP's last, and any bytes", "pässwörd\x00\n🔑", "$argon2id$v=19$m=7168,t=5,p=1$AAECAwQFBgcICQoLDA0ODw$NCVQ+8tcWa8cbwePAFc7NXNrh+qjSF8MRybqGChDkjg", Cost{7168, 5, 1}, true},
	{"not UTF-8", "\xff\xfe", "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA$7HTdFwKI2fJa0IbjZdAnSg", Cost{8, 1, 1}, true},
	{"odd memory", "x", "$argon2id$v=19$m=37,t=1,p=2$AAAAAAAAAAA$kGIRCQD8JkZLeycrMlClLNOlSnQckdphIWcW8NRvq7bNo0nDlGhLh3RBRH1FClyrzWVA5gAYdll/UhFl6BxjfQ", Cost{37, 1, 2}, true},
}

func TestForeignHashes(t *testing.T) {
	var l ledger
	p := NewPasswords(Config{Watch: l.note})
	for _, tt := range foreign {
		t.Run(tt.name, func(t *testing.T) {
			got := []answer{verify(p, tt.phc, tt.password), verify(p, tt.phc, tt.password[1:]+"y")}
			if diff := cmp.Diff([]answer{{OK: true, Again: tt.again}, {}}, got, cmpopts.EquateErrors()); diff != "" {
				t.Errorf("right, then wrong password:\n%s", diff)
			}
			if diff := cmp.Diff([]Cost{tt.cost, tt.cost}, l.read()); diff != "" {
				t.Errorf("evaluations:\n%s", diff)
			}
		})
	}
}
