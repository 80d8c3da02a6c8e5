package hash

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestChildIsLowly(t *testing.T) {
	f := newFamily(t)
	verify(f.Passwords, "", "x")
	const normal, idle = "0", "5"
	policies := func(pid int) map[string]int {
		n := map[string]int{}
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		for _, thread := range threads {
			stat, _ := os.ReadFile(thread)
			if _, rest, found := strings.Cut(string(stat), ") "); found {
				n[strings.Fields(rest)[38]]++
			}
		}
		return n
	}
	if n := policies(f.pid()); n[idle] == 0 || len(n) != 1 {
		t.Errorf("the process's threads, by policy: %v", n)
	}
	if n := policies(os.Getpid()); n[normal] == 0 || len(n) != 1 {
		t.Errorf("this process's threads, by policy: %v", n)
	}
	f.patience = 0
	verify(f.Passwords, "", "x")
	if n := policies(f.prompt.running.Process.Pid); n[normal] == 0 || len(n) != 1 {
		t.Errorf("the other process's threads, by policy: %v", n)
	}
}
