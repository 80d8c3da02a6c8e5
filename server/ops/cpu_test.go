package ops
import ("testing";"log/slog";"syscall";"time";"github.com/shapestoken/shapestoken/server/broker")
func cpu() time.Duration { var r syscall.Rusage; syscall.Getrusage(syscall.RUSAGE_SELF,&r); return time.Duration(r.Utime.Nano()+r.Stime.Nano()) }
func TestCPU(t *testing.T){
	ballast := make([]byte, 64<<20); _ = ballast
	log, flush := NewLogger(discard{}, slog.LevelInfo)
	defer flush()
	spool := log.Handler().(handler).spool
	m := NewMetrics(quiet())
	r := NewRecorder(m, log)
	rq := NewRecorder(m, slog.New(slog.DiscardHandler))
	e := event(by(broker.HMAC2, newShop(broker.V2Only)), nil)
	e.RequestID = "01995f3c9e6b7d3a8f21c0de"
	run := func(name string, f func()) {
		best := time.Hour
		for range 15 { c := cpu(); for i := range 100000 { f(); if i%64==0 {spool.drain()} }; best = min(best, (cpu()-c)/100000) }
		t.Log(name, best)
	}
	run("record", func(){ r.Record(e) })
	run("count only", func(){ rq.Record(e) })
	run("observe", func(){ m.Observe("/shopify/api/v1/auth/token", "POST", 200, time.Millisecond) })
	_ = ballast[0]
}
