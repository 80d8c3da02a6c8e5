package broker

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/server/secret"
)

// answering is how long somebody may look at the consent page.
const answering = 15 * time.Minute

// Form returns what a consent page hands on with its answer: that it is about this
// question and these scopes, and was shown in the browser that has the cookie.
// Nobody else can make one (RFC 6819 section 5.3.5).
func (t *Tenant) Form(cookie secret.Text, question string, scopes Scopes, now time.Time) string {
	text := rand.Text() + "." + strconv.FormatInt(now.Add(answering).Unix(), 10) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(scopes.String()))
	return text + "." + t.formMAC(text, cookie, question)
}

// Filled reads what Form has made for the same cookie and question. It may be
// filled in once: the answer's ID becomes its session's. The error is ErrForm.
func (t *Tenant) Filled(form string, cookie secret.Text, question string, now time.Time) (Answer, error) {
	cut := max(strings.LastIndexByte(form, '.'), 0)
	text, mac := form[:cut], strings.TrimPrefix(form[cut:], ".")
	parts := strings.Split(text, ".")
	if len(parts) != 3 || cookie.Empty() || !secret.New(mac).Equal(secret.New(t.formMAC(text, cookie, question))) {
		return Answer{}, ErrForm
	}
	ends, err1 := strconv.ParseInt(parts[1], 10, 64)
	scopes, err2 := base64.RawURLEncoding.DecodeString(parts[2])
	if err1 != nil || err2 != nil || now.Unix() >= ends {
		return Answer{}, ErrForm
	}
	return Answer{ID: parts[0], Scopes: strings.Fields(string(scopes))}, nil
}

func (t *Tenant) formMAC(text string, cookie secret.Text, question string) string {
	browser, asked := sha256.Sum256([]byte(cookie.Reveal())), sha256.Sum256([]byte(question))
	mac := t.Pseudonyms.Sum([]byte("form1\x00" + t.Name + "\x00" + text + "\x00" + string(browser[:]) + string(asked[:])))
	return base64.RawURLEncoding.EncodeToString(mac[:])
}

// ErrForm says that a form cannot be taken; the person may begin again.
// ErrAnswered says that it was taken already: whoever sends it again is asked anew,
// and gets no more by it than by what they are remembered to have said.
var (
	ErrForm     = Refuse(InvalidRequest, "this page is too old, or was opened elsewhere; go back to the application and begin again")
	ErrAnswered = Refuse(InvalidRequest, "this was answered already; begin again")
)
