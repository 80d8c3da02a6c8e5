package store

import (
	"database/sql"
	"encoding/json"
	"time"
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

func readText(scan scan) (s string, err error) {
	err = scan(&s)
	return s, err
}
