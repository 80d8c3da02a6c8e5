// Package ops is what an operator sees of the service: its log, its metrics and
// its health, on a listener of its own. It speaks net/http, so that trouble
// with the public listener doesn't blind whoever looks for the reason.
//
// Nothing here is asked whether a request may pass. Record, Observe and the
// logger stand on the hot path and neither block nor fail.
package ops
