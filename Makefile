# `make demo` and `make test` do everything on a fresh machine with the Swift toolchain (6.2 or newer).
STRICT := --explicit-target-dependency-import-check error
RIGSHIFT := .build/release/rigshift

.PHONY: test-hardware deb install fuzz agreement evidence setup build demo test lint check soak seeds bench clean

# Installs what is missing: Debian packages and HiGHS.
setup:
	@scripts/setup

# Leaves the optimised program at .build/release/rigshift.
build: setup
	swift build -c release --product rigshift $(STRICT)

# A week of the Yokohama site, simulated, with the real controller.
demo: build
	@$(RIGSHIFT) simulate --site boards/examples/yokohama.toml --days 7
	@echo "What to look at next:"
	@echo "  $(RIGSHIFT) check    --site boards/examples/yokohama.toml     the site as understood"
	@echo "  $(RIGSHIFT) plan     --site boards/examples/yokohama.toml     today's plan, slot by slot"
	@echo "  $(RIGSHIFT) simulate --site boards/examples/yokohama.toml --days 3 --faults many"
	@echo "  $(RIGSHIFT) demo     a simulated site in real time behind its dashboard, http://127.0.0.1:8080"
	@echo "  $(RIGSHIFT) run --simulated --site boards/examples/yokohama.toml --data /tmp/rigshift"
	@echo "  README.md                                                     from here to a site of your own"

# Long versions of tests of evidence: canonical JSON on a million values, tampering with a month, a thousand power cuts
# and a thousand kills.
evidence: setup
	swift build -c release --build-tests $(STRICT)
	CANONICAL_VALUES=1000000 EVIDENCE_DAYS=30 POWER_CUTS=1000 KILLS=1000 \
	  swift test -c release --disable-testable-imports $(STRICT) --skip-build \
	  --filter 'CanonicalJSONTests|EvidenceTests|PowerCutTests|EnergyOfEntriesTests|killed'

# Everything in one configuration: what is tested is what ships (docs/decisions/0002).
test: setup lint
	@scripts/setup-tests
	swift build -c release --build-tests $(STRICT)
	swift test -c release --disable-testable-imports $(STRICT)

# Real GPIO of a Debian kernel under QEMU; installs what it needs, and says what it skipped.
# And the installed package under a real systemd in a container.
test-hardware: build deb
	@scripts/hardware-test || [ $$? -eq 77 ]
	@scripts/service-test || [ $$? -eq 77 ]

# A Debian package with the runtime linked in: .build/rigshift_VERSION_ARCH.deb; or the same files under DESTDIR.
deb: setup
	@scripts/package deb
install: setup
	@scripts/package install $(DESTDIR)

lint:
	swift format lint --strict --recursive Sources Tests Benchmarks Package.swift

# The example site files, as the program understands them.
check: build
	@for site in boards/examples/*.toml; do echo "== $$site"; $(RIGSHIFT) check --site $$site || exit 1; done

# Hours of simulation; resumable. Not part of the tests.
soak: build
	scripts/soak

# Every rung of the planner over 10,000 seeds instead of 300: about an hour. Not part of the tests.
seeds: setup
	swift build -c release --build-tests $(STRICT)
	RIGSHIFT_SEEDS=10000 swift test -c release --disable-testable-imports $(STRICT) --skip-build \
	  --filter 'passes the audit and can be assigned|agree with the textbook model'

# A thousand seeds of eight nodes on a network with every fault instead of forty: about two minutes.
agreement: setup
	swift build -c release --build-tests $(STRICT)
	RIGSHIFT_PEER_SEEDS=1000 swift test -c release --disable-testable-imports $(STRICT) --skip-build \
	  --filter 'after every fault'

# Every decoder that faces the network, guided by coverage; FUZZ_SECONDS for each fuzzer.
FUZZ_SECONDS ?= 600
fuzz: setup
	Fuzzing/run $(FUZZ_SECONDS)

bench: setup
	Benchmarks/run
	Benchmarks/forecasts
	Benchmarks/peers
	Benchmarks/evidence

clean:
	rm -rf .build
