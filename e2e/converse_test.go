package e2e

import (
	"bufio"
	"encoding/json"
	"maps"
	"os/exec"
	"testing"
	"time"
)

// within waits for what another process does by itself in a moment.
func within(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("not within 5 s: %s", what)
}

// script is a library in a process of its own that lives as long as the test.
func script(interpreter, path string) func(*testing.T, object) library {
	return func(t *testing.T, start object) library {
		t.Helper()
		say := converse(t, exec.Command(interpreter, path))
		ask := func(do string, given object) object {
			question := object{"do": do}
			maps.Copy(question, given)
			answer := object{}
			said(t, say, question, &answer)
			return answer
		}
		if answer := ask("", start); answer["error"] != nil {
			t.Fatalf("%s: %v", path, answer["error"])
		}
		return ask
	}
}

// converse starts a program that answers each line with a line, until the test ends.
// One that is silent for a minute is stuck.
func converse(t *testing.T, c *exec.Cmd) (say func(line []byte) []byte) {
	t.Helper()
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = t.Output()
	if err := c.Start(); err != nil {
		t.Fatalf("%v: run scripts/setup, which says what to install", err)
	}
	stuck := time.AfterFunc(time.Minute, func() { _ = c.Process.Kill() })
	t.Cleanup(func() {
		stuck.Reset(time.Minute)
		in.Close()
		_ = c.Wait()
		stuck.Stop()
	})
	lines := bufio.NewReader(out)
	return func(line []byte) []byte {
		t.Helper()
		stuck.Reset(time.Minute)
		defer stuck.Stop() // between two lines it may do something else
		if _, err := in.Write(append(line, '\n')); err != nil {
			t.Fatal(err)
		}
		answer, err := lines.ReadBytes('\n')
		if err != nil {
			t.Fatalf("%v: %q %v", c.Args, answer, err)
		}
		return answer
	}
}

// said is a conversation in JSON.
func said(t *testing.T, say func([]byte) []byte, question, answer any) {
	t.Helper()
	line, err := json.Marshal(question)
	if err == nil {
		err = json.Unmarshal(say(line), answer)
	}
	if err != nil {
		t.Fatal(err)
	}
}
