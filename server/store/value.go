package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// How values stand in columns, where it is not what database/sql does itself.

// moment is a stored time.
func moment(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// maybe is a stored time, or the zero time for NULL.
func maybe(micros sql.NullInt64) time.Time {
	if !micros.Valid {
		return time.Time{}
	}
	return moment(micros.Int64)
}

// nullable stores the zero time as NULL.
func nullable(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMicro(), Valid: !t.IsZero()}
}

func duration(micros int64) time.Duration { return time.Duration(micros) * time.Microsecond }

// span stores a duration that may be broker.Forever, which is -1.
func span(d time.Duration) int64 {
	if d == broker.Forever {
		return -1
	}
	return d.Microseconds()
}

func readSpan(micros int64) time.Duration {
	if micros == -1 {
		return broker.Forever
	}
	return duration(micros)
}

// flag stores yes as 1. It reads back as a bool.
func flag(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

func readDigest(stored []byte) (broker.Digest, error) {
	if len(stored) != len(broker.Digest{}) {
		return broker.Digest{}, fmt.Errorf("a digest of %d bytes", len(stored))
	}
	return broker.Digest(stored), nil
}

func writeList[T ~string](list []T) string {
	if len(list) == 0 {
		return "[]"
	}
	text, _ := json.Marshal(list) // a list of strings always can be
	return string(text)
}

func readList[T ~string](text string) (list []T, err error) {
	if text == "[]" {
		return nil, nil
	}
	err = json.Unmarshal([]byte(text), &list)
	return list, err
}
