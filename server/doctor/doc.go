// Package doctor looks at a storefront's page from outside and says what keeps
// the snippet from working, in words a theme developer can act on.
//
// It takes a page as a guest is given it, or one that a customer has saved.
// [Parse] reads the facts from the bytes and asks nobody. The checks, one file
// for each subject, hold the facts against each other, and ask what a browser
// would: the shop for its script, section and app proxy, the service for its
// keys and for leave to ask (CORS).
//
// It sends no cookie and no credential. The one exception is [Config].Exchange,
// which spends the page's own signature for a token, and shows what stands in
// that but never the token. No finding quotes a secret or a signature.
package doctor
