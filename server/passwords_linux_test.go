package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Passwords are checked in a process that has nothing but a pipe, that is
// started anew when it has ended, and that ends with the service.
func TestPasswordsHaveAProcess(t *testing.T) {
	t.Cleanup(func() { // after the service has stopped
		eventually(t, "no process to be left", func() bool { return len(checkers(t)) == 0 })
	})
	m := newMachines(t)
	login := func() {
		t.Helper()
		if a := m.do("POST", m.public+"/t/acme/login", "", "Authorization", basic(bob, bobsWord)); a.StatusCode != 200 {
			t.Fatalf("a login: %d %s", a.StatusCode, a.body)
		}
	}
	defer login() // for the service to leave one behind
	for range 3 {
		login()
		found := checkers(t)
		if len(found) < 1 || len(found) > 2 { // two on a busy machine
			t.Fatalf("processes that check passwords: %v", found)
		}
		for _, one := range found {
			end(t, one)
		}
		eventually(t, "it to have ended", func() bool { return len(checkers(t)) == 0 })
	}
}

// end kills a process that has no environment.
func end(t *testing.T, one string) {
	t.Helper()
	environment, err := os.ReadFile(filepath.Join("/proc", one, "environ"))
	if err != nil || len(environment) != 0 {
		t.Errorf("its environment: %q, %v", environment, err)
	}
	pid, err := strconv.Atoi(one)
	if err == nil {
		err = syscall.Kill(pid, syscall.SIGKILL)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// checkers are the ids of this process's living children that check passwords.
func checkers(t *testing.T) (pids []string) {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range all {
		stat, _ := os.ReadFile(path) // it may have ended
		command, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
		_, rest, _ := strings.Cut(string(stat), ") ")
		if parent := strings.Fields(rest); len(parent) > 1 && parent[1] == strconv.Itoa(os.Getpid()) && string(command) == "shapestoken\x00check-passwords\x00" {
			pids = append(pids, filepath.Base(filepath.Dir(path)))
		}
	}
	return pids
}
