package main

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shapestoken/shapestoken/server/broker"
)

var (
	appIDs  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)
	appWord = regexp.MustCompile(`^[a-z0-9_.-]{1,64}$`)
)

func (c *appCreate) check(a *app) error {
	if !appIDs.MatchString(c.ID) {
		return usageError("an app's id has 1 to 128 letters, digits, dots, hyphens and underscores")
	}
	if err := checkName(c.Name); err != nil {
		return err
	}
	words := slices.Concat(c.Capability, c.Action, c.Scope)
	if c.Trigger != "" {
		words = append(words, c.Trigger)
	}
	if slices.ContainsFunc(words, func(w string) bool { return !appWord.MatchString(w) }) {
		return usageError("a capability, action, trigger or scope has 1 to 64 of a-z, 0-9, dot, hyphen and underscore")
	}
	people := slices.Clone(c.Tester)
	if c.Owner != "" {
		people = append(people, c.Owner)
	}
	if slices.ContainsFunc(people, func(uid string) bool { return !validUID(uid) }) {
		return errUID
	}
	if err := checkHome(c.HomeURL); err != nil {
		return err
	}
	return c.checkSetup(a)
}

const errUID = usageError("a uid has 1 to 128 characters that can be printed")

func validUID(uid string) bool {
	return uid != "" && utf8.ValidString(uid) && utf8.RuneCountInString(uid) <= 128 && !strings.ContainsFunc(uid, unicode.IsControl)
}

// checkHome keeps people from being sent anywhere but to a web page, and to one
// that can tell what is added from what it has itself.
func checkHome(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || len(address) > 2048 || strings.ContainsFunc(address, notInURL) {
		return usageError("--home-url is a whole URL in ASCII, without user name")
	}
	if err := broker.CheckOrigin(u.Scheme + "://" + u.Host); err != nil {
		return usageError("--home-url: " + err.Error())
	}
	if q := u.Query(); q.Has("uid") || q.Has("state") || q.Has("error") {
		return usageError("--home-url has uid, state or error in its query, which are added to it")
	}
	return nil
}

func notInURL(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"<>\^`+"`{|}", r) }

// checkSetup is what every call is held to as well.
func (c *appCreate) checkSetup(a *app) error {
	if c.SetupURL == "" {
		return nil
	}
	if err := a.out().Check(a.ctx, c.SetupURL); err != nil {
		return usageError("--setup-url: " + err.Error())
	}
	if u, err := url.Parse(c.SetupURL); err != nil || u.Query().Has("uid") {
		return usageError("--setup-url has a uid in its query, which is added to it")
	}
	return nil
}

// strangers are the words of an app that mean nothing here.
func strangers(a broker.App) (list []string) {
	capabilities, triggers, actions, notifications := broker.AppWords()
	for _, pair := range [][2][]string{{a.Capabilities, capabilities}, {a.Actions, actions}, {{a.Trigger}, triggers}, {a.NotificationScopes, notifications}} {
		for _, w := range pair[0] {
			if w != "" && !slices.Contains(pair[1], w) {
				list = append(list, w)
			}
		}
	}
	return list
}
