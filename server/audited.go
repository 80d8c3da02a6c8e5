package main

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"reflect"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/server/audit"
	"github.com/shapestoken/shapestoken/server/broker"
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

// itself is how the audit names a running server that does something nobody has
// run a command for.
const itself = "server"

// facts name things, for people and programs.
type facts = map[string]any

// saying is a tenant to which something is done by a command: the audit says it,
// or it is not done. about names what it is done to, and no secret.
func saying(s *store.Store, tenant, act string, about facts) store.Tenant {
	return sayingBy(operator(), s, tenant, act, about)
}

// sayingBy is saying for whoever it is.
func sayingBy(by string, s *store.Store, tenant, act string, about facts) store.Tenant {
	return s.In(tenant).As(actOf(by, act, about))
}

func actOf(by, act string, about facts) store.Act {
	return store.Act{Writer: writer(), Line: audit.Command(act, by, about)}
}

// noting says something that is about to be done elsewhere. What cannot be said
// is not to be done.
func noting(ctx context.Context, s *store.Store, tenant, act string, about facts) error {
	do := actOf(operator(), act, about)
	return s.AppendAudit(ctx, do.Writer, []broker.AuditLine{{Tenant: tenant, At: time.Now(), Line: do.Line}})
}

// given are the flags of a struct that were set, for the audit. None of them may
// hold a secret.
func given(flags any) facts {
	about := facts{}
	v := reflect.ValueOf(flags)
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		if value.IsZero() {
			continue
		}
		name := field.Tag.Get("name")
		if name == "" {
			name = strings.ToLower(field.Name)
		}
		about[strings.ReplaceAll(name, "-", "_")] = plain(reflect.Indirect(value).Interface())
	}
	return about
}

// plain is a value as a person would write it.
func plain(value any) any {
	if s, ok := value.(fmt.Stringer); ok {
		return s.String()
	}
	return value
}
