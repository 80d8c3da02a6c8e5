package hash

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// lowly calls start on a thread that runs when nobody else wants to (SCHED_IDLE,
// sched(7)): a process that is started there inherits that. The thread ends with
// its goroutine, for that does not let go of it.
func lowly(start func() error) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		idle := &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_IDLE}
		_ = unix.SchedSetAttr(0, idle, 0) // 0: this thread. Where that is not allowed, all are alike
		started <- start()
	}()
	return <-started
}
