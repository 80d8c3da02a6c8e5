package hash

import (
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// lower has a process run when nobody else wants to (SCHED_IDLE, sched(7)): all of
// its threads, until there is none that was not seen. Those that start later
// inherit it. It is done from outside, because a process that is started by such
// a thread keeps whoever starts it waiting until it has had a turn.
func lower(pid int) {
	idle := &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_IDLE}
	seen := map[int]bool{}
	for before := -1; before < len(seen); {
		before = len(seen)
		threads, _ := os.ReadDir(filepath.Join("/proc", strconv.Itoa(pid), "task")) // it may have ended
		for _, thread := range threads {
			if tid, err := strconv.Atoi(thread.Name()); err == nil && !seen[tid] {
				seen[tid] = true
				_ = unix.SchedSetAttr(tid, idle, 0) // where that is not allowed, all are alike
			}
		}
	}
}
