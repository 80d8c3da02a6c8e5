// Package rotation carries a change of a shop's id_secret through, whatever
// happens on the way:
//
//  1. The second secret is made, and counts (store.BeginRotation).
//  2. When every server must know it, the metafield is set to it: from now on
//     the theme signs with it.
//  3. When the first secret has not been used for a while, or after a limit, it
//     is retired.
//
// What has been done stands in the store. Each step can be done again, by any
// process, from whatever a killed one has left: step.go decides which is next.
// Without access to the Admin API somebody else sets the metafield, and the use
// of the second secret shows that they have.
package rotation
