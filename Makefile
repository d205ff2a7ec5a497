# Everything a person does with this repository. `make help` lists it.

PREFIX ?= /usr/local
SWIFT_FLAGS ?=
# One place for the check of STYLE: an import that Package.swift does not declare is an error.
BUILD = swift build --explicit-target-dependency-import-check error $(SWIFT_FLAGS)

.PHONY: help prerequisites build demo test bench fuzz lint format install uninstall clean

help:            ## list these
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 16

prerequisites:   ## install what building needs, with apt
	@Scripts/prerequisites.sh build

build: prerequisites   ## build both programs, optimised, into .build/release
	$(BUILD) -c release --static-swift-stdlib --product brownoutd
	$(BUILD) -c release --static-swift-stdlib --product brownout

demo:            ## a game day in a network of its own, live, and its report: no root needed
	@Scripts/prerequisites.sh build demo
	@$(BUILD) -c release --static-swift-stdlib --product brownoutd
	@$(BUILD) -c release --static-swift-stdlib --product brownout
	@Scripts/demo.sh

test:            ## what CI runs: lint, build, all tests, kernel tests in a private namespace
	@Scripts/prerequisites.sh build test
	@Scripts/test.sh

bench:           ## ratios against no agent, a C loop, dnsdist and dnsmasq
	@Scripts/prerequisites.sh build bench
	@Scripts/bench.sh

fuzz:            ## 60 s of libFuzzer on the parser and on parse, edit, parse
	@Scripts/prerequisites.sh build
	@Fuzz/run 60

lint:            ## format lint, strict
	swift format lint --strict --recursive --parallel Sources Tests Fuzz Plugins Package.swift

format:          ## format in place
	swift format --in-place --recursive --parallel Sources Tests Fuzz Plugins Package.swift

install: build   ## install under PREFIX, with the systemd unit (as root)
	install -D -m 0755 .build/release/brownoutd $(DESTDIR)$(PREFIX)/sbin/brownoutd
	install -D -m 0755 .build/release/brownout $(DESTDIR)$(PREFIX)/bin/brownout
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system $(DESTDIR)$(PREFIX)/lib/sysusers.d
	sed 's|/usr/sbin/brownoutd|$(PREFIX)/sbin/brownoutd|' Packaging/systemd/brownoutd.service \
		> $(DESTDIR)$(PREFIX)/lib/systemd/system/brownoutd.service
	cp $(DESTDIR)$(PREFIX)/lib/systemd/system/brownoutd.service \
		$(DESTDIR)$(PREFIX)/lib/systemd/system/brownoutd@.service
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system/brownoutd@.service.d
	sed 's|/usr/sbin/brownoutd|$(PREFIX)/sbin/brownoutd|' Packaging/systemd/brownoutd@.service.d/netns.conf \
		> $(DESTDIR)$(PREFIX)/lib/systemd/system/brownoutd@.service.d/netns.conf
	install -m 0644 Packaging/sysusers.d/brownout.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/

uninstall:       ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/sbin/brownoutd $(DESTDIR)$(PREFIX)/bin/brownout
	rm -f $(DESTDIR)$(PREFIX)/lib/systemd/system/brownoutd.service
	rm -f $(DESTDIR)$(PREFIX)/lib/systemd/system/brownoutd@.service
	rm -rf $(DESTDIR)$(PREFIX)/lib/systemd/system/brownoutd@.service.d
	rm -f $(DESTDIR)$(PREFIX)/lib/sysusers.d/brownout.conf

clean:           ## forget what was built
	rm -rf .build
