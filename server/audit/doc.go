// Package audit writes down what was issued and what was administered, one line
// of JSON each: line.go what stands in a line, log.go how many lines become one
// transaction. The chain that shows later whether a line was changed is the
// store's.
package audit
