// Package hash keeps what somebody proves themselves with in a form that is of
// no use to a thief.
//
// There are two kinds, and they want opposite things. A user's password was
// chosen by a person, so it can be guessed, and each guess must be dear:
// [Passwords] takes argon2id (RFC 9106). Client secrets and tokens are made
// here with 256 random bits ([NewSecret]), so that nobody guesses them at any
// price: [Sum] is SHA-256, which costs an API call next to nothing.
//
// [Passwords] compare in constant time, and with nobody's, too: an unknown name
// must cost exactly what a wrong password costs. Sums are compared by whoever has
// them.
package hash
