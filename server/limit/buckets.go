package limit

import (
	"math"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"
)

// shardBits of a key say which shard it is in. A shard has its own lock, so
// that one busy tenant seldom holds up another.
const shardBits = 6

// buckets are token buckets by hashed key, the most recently used ones of them.
type buckets struct {
	rate   float64 // tokens a second
	burst  int
	shards [1 << shardBits]shard
}

type shard struct {
	mu     sync.Mutex
	recent *simplelru.LRU[uint64, *rate.Limiter]
}

// newBuckets makes room for size keys, rounded up to the shards. A burst is at least one.
func newBuckets(perSecond, burst float64, size int) *buckets {
	b := &buckets{rate: perSecond, burst: max(1, int(math.Ceil(burst)))}
	each := (size + len(b.shards) - 1) / len(b.shards)
	for i := range b.shards {
		b.shards[i].recent, _ = simplelru.NewLRU[uint64, *rate.Limiter](each, nil) // fails only for no size at all
	}
	return b
}

// take takes a token from the key's bucket. If there is none it takes nothing
// and returns how long to wait for the next one: whole seconds, at least one.
func (b *buckets) take(key uint64, now time.Time) time.Duration {
	l := b.bucket(key)
	if l.AllowN(now, 1) {
		return 0
	}
	seconds := math.Ceil((1 - l.TokensAt(now)) / b.rate)
	return max(1, time.Duration(seconds)) * time.Second
}

// bucket finds the key's bucket, or puts a full one in place of the longest unused.
func (b *buckets) bucket(key uint64) *rate.Limiter {
	s := &b.shards[key>>(64-shardBits)]
	s.mu.Lock()
	defer s.mu.Unlock()
	l, known := s.recent.Get(key)
	if !known {
		l = rate.NewLimiter(rate.Limit(b.rate), b.burst)
		s.recent.Add(key, l)
	}
	return l
}
