package main

import (
	"os"
	"regexp"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"shapestoken": main})
}

// TestScripts are the operator's stories, one a file, each in a folder of its own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Cmds: map[string]func(*testscript.TestScript, bool, []string){
		"grep-token": grepToken, "tamper": tamper,
	}})
}

var printed = regexp.MustCompile(`shpc?_[0-9A-Za-z]{49}`)

// grepToken puts the secret that a command has printed into a file: grep-token stdout FILE.
func grepToken(ts *testscript.TestScript, _ bool, args []string) {
	found := printed.FindString(ts.ReadFile(args[0]))
	if found == "" {
		ts.Fatalf("there is no secret in %s", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(found+"\n"), 0o600))
}

// tamper changes the database from outside: tamper STATEMENT.
func tamper(ts *testscript.TestScript, _ bool, args []string) {
	db, err := outside(ts.MkAbs("shapestoken.db"))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(args[0])
	ts.Check(err)
}
