# The words: run test lint e2e gen bench. Each works on a fresh clone; what it
# needs beyond Go it sets up by itself (scripts/setup), or says in one line.

.PHONY: run test unit web e2e lint gen bench setup

run: ## the demo storefront on embedded SQLite; prints an address
	go run ./server demo

test: unit web e2e ## everything that can fail

unit: setup
	scripts/in-memory go test ./...

web: setup
	scripts/with-node npm --prefix web test

e2e: setup ## real browser, real Liquid, other people's clients, against the real program
	cd e2e && ../scripts/with-node ../scripts/in-memory go test -count=1 -timeout 20m ./...

lint: setup
	scripts/lint

gen: ## bundle web/ into web/dist
	go run .

bench: ## every figure the project claims, side by side
	scripts/bench

setup:
	@scripts/setup
