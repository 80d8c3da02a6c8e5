package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/shapestoken/shapestoken/bench/load"
)

// side is one of two servers that are measured in turn.
type side struct {
	name     string
	process  *process
	requests [][]byte
	rates    []float64       // requests per second, by round
	costs    []time.Duration // processor time per request, by round
}

// paired runs rounds A B, B A, … so that a drift of the machine meets both, and
// prints each side's median and the median of the ratios.
func (s settings) paired(title string, a, b *side) error {
	for i := range s.rounds + 1 {
		order := []*side{a, b}
		if i%2 == 1 {
			slices.Reverse(order)
		}
		for _, one := range order {
			if err := s.round(one, i > 0); err != nil {
				return err
			}
		}
	}
	fmt.Printf("\n%s, %d connections, %d paired rounds of %d s\n", title, s.connections, s.rounds, s.seconds)
	for _, one := range []*side{a, b} {
		fmt.Printf("  %-22s %9.0f requests/s   %6.1f µs CPU/request\n", one.name, median(one.rates), micros(median(one.costs)))
	}
	fmt.Printf("  %-22s %9.2fx (%.2f to %.2f)  %5.2fx (%.2f to %.2f)\n", "ratio, pair by pair",
		median(ratios(a.rates, b.rates)), slices.Min(ratios(a.rates, b.rates)), slices.Max(ratios(a.rates, b.rates)),
		median(ratios(a.costs, b.costs)), slices.Min(ratios(a.costs, b.costs)), slices.Max(ratios(a.costs, b.costs)))
	return nil
}

// round is one side's turn. The first does not count: it is long enough that
// every tenant has been loaded after it.
func (s settings) round(one *side, counts bool) error {
	length := time.Duration(s.seconds) * time.Second
	if !counts {
		length += time.Duration(min(len(one.requests), 60_000)) * 500 * time.Microsecond
	}
	before, err := one.process.cpu()
	if err != nil {
		return err
	}
	result, err := load.Run(one.process.addr, one.requests, s.connections, length)
	if err != nil {
		return fmt.Errorf("%s: %w", one.name, err)
	}
	after, err := one.process.cpu()
	if err != nil {
		return err
	}
	if result.Failed > 0 {
		return fmt.Errorf("%s: %d of %d requests failed", one.name, result.Failed, result.Requests)
	}
	if counts {
		one.rates = append(one.rates, result.PerSecond())
		one.costs = append(one.costs, (after-before)/time.Duration(result.Requests))
	}
	return nil
}

type number interface{ ~float64 | ~int64 }

func median[T number](list []T) T {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

func ratios[T number](a, b []T) []float64 {
	r := make([]float64, len(a))
	for i := range a {
		r[i] = float64(a[i]) / float64(b[i])
	}
	return r
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }
