#!/bin/sh
# Lint, import check, build, all tests. What touches the kernel runs in a private namespace.
set -eu
cd "$(dirname "$0")/.."
step() { printf '\n== %s\n' "$*"; }

step "format lint"
swift format lint --strict --recursive --parallel Sources Tests Fuzz Plugins Package.swift

step "build, with every import declared"
swift build --build-tests --explicit-target-dependency-import-check error

step "unit tests"
swift test --skip-build --skip 'NetfilterTests|KernelTests'

step "kernel tests, in a private namespace"
Scripts/private.sh swift test --skip-build --no-parallel --filter 'NetfilterTests|KernelTests'
