package broker

import (
	"slices"
	"strings"
)

// Scopes name what a token may be used for (RFC 6749 section 3.3). nil: nothing.
// "*" is everything, "profiles.*" everything about profiles, in either spelling
// that Omneo uses: "profiles.read" and "read-profiles".
type Scopes []string

// AllScopes is everything.
const AllScopes = "*"

// maxScope bounds a name, and maxScopes how many may be asked for at once.
const (
	maxScope  = 128
	maxScopes = 256
)

// ParseScopes reads names that are separated by single or several spaces. The
// error is an *Error with code InvalidScope for what no scope can be.
func ParseScopes(text string) (Scopes, error) {
	names := strings.Fields(text)
	if len(names) > maxScopes {
		return nil, errScopes
	}
	for _, name := range names {
		if !ValidScope(name) {
			return nil, errScopes
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// ValidScope reports whether s can be a scope: a scope-token of RFC 6749 section
// 3.3, in which "*" stands alone or behind a last dot.
func ValidScope(s string) bool {
	if s == "" || len(s) > maxScope || strings.ContainsFunc(s, notInScope) {
		return false
	}
	star := strings.IndexByte(s, '*')
	return star < 0 || s == AllScopes || star == len(s)-1 && star > 1 && s[star-1] == '.'
}

func notInScope(r rune) bool { return r < '!' || r > '~' || r == '"' || r == '\\' }

// String is the scopes as a token and an answer spell them.
func (s Scopes) String() string { return strings.Join(s, " ") }

// Cover reports whether s grants the scope of that name, or all of a family.
func (s Scopes) Cover(name string) bool {
	return slices.ContainsFunc(s, func(granted string) bool { return covers(granted, name) })
}

func covers(granted, name string) bool {
	if granted == AllScopes || granted == name {
		return true
	}
	family, whole := strings.CutSuffix(granted, ".*")
	if !whole {
		return false
	}
	_, other, hyphened := strings.Cut(name, "-")
	return strings.HasPrefix(name, family+".") || hyphened && other == family && !strings.ContainsAny(name, "*.")
}

// Narrow is what is left of s when asked is asked for: all of s for nothing or
// "*", and otherwise what was named, each of which s must cover. The error is an
// *Error with code InvalidScope.
func (s Scopes) Narrow(asked Scopes) (Scopes, error) {
	if len(asked) == 0 || slices.Contains(asked, AllScopes) {
		return s, nil
	}
	for _, name := range asked {
		if !s.Cover(name) {
			return nil, errScope
		}
	}
	return asked, nil
}

// Plus is what either s or other grants.
func (s Scopes) Plus(other Scopes) Scopes {
	either := slices.Concat(s, other)
	slices.Sort(either)
	return slices.Compact(either)
}

// Common is what both s and other grant.
func (s Scopes) Common(other Scopes) Scopes {
	var both Scopes
	for _, name := range s {
		if other.Cover(name) {
			both = append(both, name)
		}
	}
	for _, name := range other {
		if s.Cover(name) {
			both = append(both, name)
		}
	}
	slices.Sort(both)
	return slices.Compact(both)
}

var (
	errScopes = Refuse(InvalidScope, "scope is a list of at most 256 names, separated by spaces, or * for all that is granted")
	errScope  = Refuse(InvalidScope, "a scope was asked for that is not granted; ask for *, or for nothing, to get all that is")
)
