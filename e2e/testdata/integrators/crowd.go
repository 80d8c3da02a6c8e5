// For each line, a number: that many calls at once. Answers with their
// statuses, or what went wrong.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"example.com/yours/system"
)

func main() {
	for n := 0; ; {
		if _, err := fmt.Scanln(&n); err != nil {
			return
		}
		answers := make([]any, n)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = one() })
		}
		all.Wait()
		_ = json.NewEncoder(os.Stdout).Encode(answers)
	}
}

func one() any {
	res, err := system.Call(context.Background(), "GET", os.Args[1], nil)
	if err != nil {
		return err.Error()
	}
	res.Body.Close()
	return res.StatusCode
}
