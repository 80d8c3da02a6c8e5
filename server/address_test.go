package main

import (
	"net"
	"reflect"
	"testing"
)

// Nobody but this machine is served unless an operator says so: least of all
// by the operations listener, which has no login.
func TestLoopbackUnlessToldOtherwise(t *testing.T) {
	for _, flag := range []struct {
		command any
		name    string
	}{{serveCommand{}, "Addr"}, {serveCommand{}, "OpsAddr"}, {demoCommand{}, "Addr"}} {
		field, _ := reflect.TypeOf(flag.command).FieldByName(flag.name)
		host, _, err := net.SplitHostPort(field.Tag.Get("default"))
		if err != nil || !net.ParseIP(host).IsLoopback() {
			t.Errorf("%T.%s: %q, %v", flag.command, flag.name, field.Tag.Get("default"), err)
		}
	}
}

func TestDefaultIssuer(t *testing.T) {
	at := func(host string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(host), Port: 8080} }
	for _, row := range []struct {
		domains  []string
		listener net.Addr
		want     string
		warned   bool
	}{
		{nil, at("127.0.0.1"), "http://127.0.0.1:8080/t/acme", false},
		{nil, at("::1"), "http://[::1]:8080/t/acme", false},
		{nil, at("0.0.0.0"), "http://127.0.0.1:8080/t/acme", true}, // nobody can ask 0.0.0.0
		{nil, at("::"), "http://127.0.0.1:8080/t/acme", true},
		{nil, at("192.0.2.1"), "http://192.0.2.1:8080/t/acme", true},
		{[]string{"id.example.com", "other.example"}, at("0.0.0.0"), "https://api.acme.id.example.com", false},
	} {
		if nameless(row.domains, row.listener) != row.warned {
			t.Errorf("%v at %s: warned %v", row.domains, row.listener, !row.warned)
		}
		if got := defaultIssuer(row.domains, row.listener)("acme"); got != row.want {
			t.Errorf("%v at %s: %s, want %s", row.domains, row.listener, got, row.want)
		}
	}
}
