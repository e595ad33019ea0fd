# Each target is one line into scripts/. Bare `make` prints the list.
.DEFAULT_GOAL := help
.PHONY: help run stop build test check format bench install uninstall package clean generate

PREFIX ?= /usr/local
DESTDIR ?=
CONFIG ?= release
export PREFIX DESTDIR CONFIG

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Set up, build, start the gateway with an example and send one request through it
	@scripts/setup.sh && scripts/build.sh && scripts/run-example.sh

stop: ## Stop what `make run` started
	@scripts/stop-example.sh

build: ## Build the module and the command line (bin/kong); CONFIG=debug for a debug build
	@scripts/build.sh

test: build check ## Everything: checks, unit tests, integration tests on a real nginx
	@scripts/test.sh

check: ## Format, lint, boundaries, freshness of generated files
	@scripts/check.sh

format: ## Format the Swift sources in place
	@swift format --in-place --parallel --recursive Sources Tests Benchmarks Package.swift

bench: ## Measure the gateway beside raw nginx (BENCH=quick for the short runs)
	@scripts/bench/run

generate: ## Write the generated files (kong.conf.default, docs/) anew
	@scripts/generate.sh

install: ## Install (DESTDIR, PREFIX=/usr/local; the module goes into nginx's module path)
	@scripts/install.sh

uninstall: ## Remove what `make install` put there
	@scripts/uninstall.sh

package: ## Make kong-<version>-<arch>.tar.gz of what `make install` installs
	@scripts/package.sh

clean: ## Remove the build products
	@rm -rf .build/release .build/debug .build/*-linux-gnu bin
