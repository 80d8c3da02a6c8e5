package firebase

import (
	"errors"
	"regexp"
	"strings"
)

// wrong are the words for what whoever has typed it can mend. Newer projects have
// the first for all of them.
var wrong = map[string]bool{
	"INVALID_LOGIN_CREDENTIALS": true,
	"EMAIL_NOT_FOUND":           true,
	"INVALID_PASSWORD":          true,
	"USER_DISABLED":             true,
	"INVALID_EMAIL":             true,
	"MISSING_EMAIL":             true,
	"MISSING_PASSWORD":          true,
}

// words are how Firebase spells what is wrong. Anything else may quote anything.
var words = regexp.MustCompile(`^[A-Z][A-Z0-9_]{2,63}$`)

// refusal reads an error's message: a word, and sometimes a colon and more.
// Whatever is not known is ours, or the operator's: a key that is wrong or not
// for this, a project that does not take passwords.
func refusal(message string) error {
	word, _, _ := strings.Cut(message, " ")
	switch {
	case wrong[word]:
		return ErrLogin
	case word == "TOO_MANY_ATTEMPTS_TRY_LATER":
		return ErrMany
	case word == "API" || !words.MatchString(word):
		return ErrAway.Because(errKey)
	}
	return ErrAway.Because(errors.New("it says " + word))
}

var errKey = errors.New("it does not take the project's API key, or says what is not known here: look at it in the Firebase console")
