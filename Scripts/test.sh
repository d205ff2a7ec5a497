#!/bin/sh
# Lint, import check, build, all tests. What touches the kernel runs in a private namespace.
set -eu
cd "$(dirname "$0")/.."
step() { printf '\n== %s\n' "$*"; }

# A test that is skipped fails the run, unless it is listed here with its reason:
#   childRole, journalChildRole: no tests of their own, but what other tests run the test binary
#   again for.
listed='childRole|journalChildRole'
#   control group: those that make one need root's cgroup v2; a user namespace has none to write to.
[ "$(id -u)" = 0 ] || listed="$listed|control group: "

log=$(mktemp)
trap 'rm -f "$log"' EXIT
run() {
    status=0
    # The pipe would hide the exit code of what runs before it.
    { "$@" 2>&1 || echo "$?" >"$log.status"; } | tee "$log"
    if [ -e "$log.status" ]; then
        status=$(cat "$log.status")
        rm -f "$log.status"
        exit "$status"
    fi
    if grep -E 'Test .* skipped' "$log" | grep -vE "$listed"; then
        echo "the tests above were skipped" >&2
        exit 1
    fi
}

step "format lint"
swift format lint --strict --recursive --parallel Sources Tests Fuzz Plugins Package.swift

step "build, with every import declared"
swift build --build-tests --explicit-target-dependency-import-check error

step "Chaos Toolkit, for the experiments in Gamedays/chaostoolkit"
Scripts/chaostoolkit.sh

# One at a time: servers, clients and agents among them keep real time, and some measure the memory,
# the descriptors and the pace of their own process.
step "unit tests"
run swift test --skip-build --no-parallel --skip 'NetfilterTests|KernelTests'

step "kernel tests, in a private namespace"
run Scripts/private.sh swift test --skip-build --no-parallel --filter 'NetfilterTests|KernelTests'
