package pages

import (
	"strconv"
	"strings"
	"time"
)

// Trouble is why a form is shown again. The zero value: it is shown for the
// first time. One that is not in the list is shown as [Unavailable].
type Trouble string

// What can be wrong with a form.
const (
	WrongLogin  Trouble = "wrong_login"
	TooMany     Trouble = "too_many" // tries; Wait says for how long
	Unavailable Trouble = "unavailable"
	Expired     Trouble = "expired" // the login under a page that was still open

	// Of a Grant only: what an OMI app's own conditions come to.
	Private         Trouble = "private"
	SetupUnknown    Trouble = "setup_unknown"    // the app could not be asked
	SetupUnreadable Trouble = "setup_unreadable" // its answer makes no sense
	SetupOpen       Trouble = "setup_open"
	Unpaid          Trouble = "unpaid"
	NotEnabled      Trouble = "not_enabled"
)

func (t *text) trouble(what Trouble, wait time.Duration) string {
	if what == TooMany && wait > 0 {
		return strings.ReplaceAll(t.TooManyFor, "{wait}", t.wait(wait))
	}
	if says, known := t.Troubles[what]; known {
		return says
	}
	return t.Troubles[Unavailable]
}

// wait is a time in whole seconds or minutes, rounded up.
func (t *text) wait(d time.Duration) string {
	n, one, many := int((d+time.Second-1)/time.Second), t.Second, t.Seconds
	if n > 90 {
		n, one, many = (n+59)/60, t.Minute, t.Minutes
	}
	if n == 1 {
		many = one
	}
	return strings.ReplaceAll(many, "{n}", strconv.Itoa(n))
}

// titled is a page's title; where something went wrong, that comes first.
func (t *text) titled(heading, brand string, trouble Trouble) string {
	title := heading
	if brand != "" {
		title = plain(t.Titled, "title", heading, "brand", brand)
	}
	if trouble != "" {
		title = plain(t.Troubled, "title", title)
	}
	return title
}
