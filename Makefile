# Two commands matter: `make run` opens the application, `make test` shows that it works.
# Both install what is missing first, say what they do, and can be repeated.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run serve test test-full lint fmt types bench tools check-fresh clean-cache

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

run: ## Set up, build, and open the desktop window on a sample (no display: serve it to a browser)
	@scripts/run.sh

serve: ## The same UI in a browser, even when there is a display
	@scripts/run.sh --serve

test: ## Set up and run the test suites, cheapest first, within the CI budget (SUITE="id …" for some)
	@scripts/test.sh $(SUITE)

test-full: ## Every suite, however long it takes
	@XCF_TEST_BUDGET_MINUTES=0 scripts/test.sh $(SUITE)

lint: ## Formatting, lints, licences, types
	@scripts/test.sh --group lint

fmt: ## Format Rust and TypeScript
	@. scripts/env.sh && cargo fmt --all && scripts/ui.sh deps && cd ui && npm run --silent format

types: ## Regenerate the TypeScript API types from OpenAPI
	@scripts/ui.sh types

bench: ## Benchmarks, each beside a floor measured in the same run
	@scripts/bench.sh

tools: ## Install everything `make run`, `make test` and `make lint` use
	@scripts/setup.sh lint
	@. scripts/env.sh && echo "the tools are in $$XCF_TOOLS"

check-fresh: ## Prove `make run` and `make test` in a fresh Debian 12 chroot with an empty HOME (root, slow)
	@scripts/check-fresh.sh

clean-cache: ## Remove built artefacts, tools and caches of this project
	@. scripts/env.sh && rm -rf "$$XCF_CACHE" && echo "removed $$XCF_CACHE"
