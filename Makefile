# `make demo` and `make test` do everything on a fresh machine with the Swift toolchain.
STRICT := --explicit-target-dependency-import-check error

.PHONY: setup build demo test check bench clean

setup:
	@scripts/setup

build: setup
	swift build -c release $(STRICT)

clean:
	rm -rf .build
