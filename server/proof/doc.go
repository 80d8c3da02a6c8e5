// Package proof has one small file per kind of evidence; each implements
// broker.Proof. A proof cannot widen, issue, log, limit or choose the tenant,
// because it is never given the means.
package proof
