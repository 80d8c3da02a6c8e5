package broker

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// App is somebody else's application, which people enable and which learns by
// that who they are. It is how OMI's apps sign people in (docs.omi.me, "OAuth").
type App struct {
	ID                 string
	Name               string   // for people
	HomeURL            string   // where people are sent who have enabled it; empty: nobody can
	SetupURL           string   // says whether a person has set it up; empty: there is nothing to set up
	Capabilities       []string // what it is for
	Actions            []string // what it does for people
	Trigger            string   // what it is told of; empty: nothing
	NotificationScopes []string // what its notifications may be about
	Private            bool     // for its owner and its testers alone
	Paid               bool     // for who has paid
	Owner              string   // a uid; empty: nobody
	Testers            []string // uids
	Created            time.Time
}

// ExternalIntegration is the capability of an app that runs elsewhere.
const ExternalIntegration = "external_integration"

// integrates tells whether anything is known of how it runs elsewhere.
func (a *App) integrates() bool {
	return a.can(ExternalIntegration) || a.HomeURL != "" || a.SetupURL != "" || a.Trigger != "" || len(a.Actions) > 0
}

func (a *App) can(capability string) bool { return slices.Contains(a.Capabilities, capability) }

// knows tells whether somebody made the app, or tries it before others may.
// Testers are the app's own: another app's owner has not chosen them.
func (a *App) knows(uid string) bool { return a.Owner == uid || slices.Contains(a.Testers, uid) }

// HomeFor is where a person is sent who has enabled the app. state is what the
// app has given along; nil: nothing.
func (a *App) HomeFor(uid string, state *string) string {
	return extend(a.HomeURL, append([]string{"uid", uid}, given(state)...)...)
}

// HomeWithout is where a person is sent who has not, with the error of RFC 6749
// section 4.1.2.1.
func (a *App) HomeWithout(state *string) string {
	return extend(a.HomeURL, append([]string{"error", string(AccessDenied)}, given(state)...)...)
}

// SetupFor is the address that says whether a person has set the app up.
func (a *App) SetupFor(uid string) string { return extend(a.SetupURL, "uid", uid) }

func given(state *string) []string {
	if state == nil {
		return nil
	}
	return []string{"state", *state}
}

// extend adds pairs of names and values to the query of a URL, and leaves all
// else of it as it is.
func extend(address string, pairs ...string) string {
	base, fragment, marked := strings.Cut(address, "#")
	for i := 0; i < len(pairs); i += 2 {
		base += joint(base) + pairs[i] + "=" + escape(pairs[i+1])
	}
	if marked {
		base += "#" + fragment
	}
	return base
}

func joint(base string) string {
	switch {
	case !strings.Contains(base, "?"):
		return "?"
	case strings.HasSuffix(base, "?"), strings.HasSuffix(base, "&"):
		return ""
	}
	return "&"
}

// escape writes a space as %20, which those who read "+" as itself know too.
func escape(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }
