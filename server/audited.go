package main

import (
	"os"
	"os/user"

	"github.com/shapestoken/shapestoken/server/audit"
	"github.com/shapestoken/shapestoken/server/store"
)

// writer is in whose chains of the audit this process writes: the machine's.
func writer() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "unnamed"
	}
	return name
}

// operator is who runs a command, as the audit names them.
func operator() string {
	u, err := user.Current()
	if err != nil {
		return "unknown@" + writer()
	}
	return u.Username + "@" + writer()
}

// saying is a tenant to which something is done by a command: the audit says it,
// or it is not done. about names what it is done to, and no secret.
func saying(s *store.Store, tenant, act string, about map[string]any) store.Tenant {
	return s.In(tenant).As(store.Act{Writer: writer(), Line: audit.Command(act, operator(), about)})
}
