// Package pages draws what people see when they sign in, and when they say what
// an app may do: HTML that works without any script, with one small style sheet
// inside. It only draws. It knows nothing of requests, sessions or the store,
// and whatever it is given is text: it can be an attacker's.
//
// A page is a value of one of the types here, [Render] makes its HTML, and
// [Headers] are what it has to be sent with, whatever its status is.
//
// The texts are in english.go and german.go. Another language is one more such
// file, and a line in language.go.
package pages
