package broker

import (
	"crypto/subtle"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/shapestoken/shapestoken/server/secret"
)

// RefreshPrefix begins every refresh token.
const RefreshPrefix = "shpr_"

// RefreshToken is the one of a session's generation. It is derived, so that
// nothing that could be used is stored, and it can be given again.
func (t *Tenant) RefreshToken(s Session) secret.Text {
	mac := t.refreshMAC(s)
	return secret.New(RefreshPrefix + s.ID + "." + strconv.FormatInt(s.Generation, 10) + "." + base64.RawURLEncoding.EncodeToString(mac[:]))
}

func (t *Tenant) refreshMAC(s Session) Digest {
	message := "rt1\x00" + t.Name + "\x00" + s.ID + "\x00" + strconv.FormatInt(s.Generation, 10) + "\x00"
	return t.Pseudonyms.Sum(append([]byte(message), s.Salt[:]...))
}

// ReadRefresh takes a refresh token apart: the id of its session and its
// generation. That it is real, IsRefresh says.
func ReadRefresh(text secret.Text) (session string, generation int64, ok bool) {
	rest, ours := strings.CutPrefix(text.Reveal(), RefreshPrefix)
	parts := strings.Split(rest, ".")
	if !ours || len(parts) != 3 || len(rest) > longestRefresh {
		return "", 0, false
	}
	n, err := strconv.ParseInt(parts[1], 10, 64)
	return parts[0], n, err == nil && n > 0
}

const longestRefresh = 200

// IsRefresh tells whether text is the session's refresh token of that generation, byte for byte.
func (t *Tenant) IsRefresh(text secret.Text, s Session, generation int64) bool {
	s.Generation = generation
	return subtle.ConstantTimeCompare([]byte(text.Reveal()), []byte(t.RefreshToken(s).Reveal())) == 1
}
