#!/bin/sh
# Builds the C programs of the benchmark and runs it in a private namespace.
#
#     Scripts/bench.sh [--quick] [--json FILE] [--strict] …        (Bench/bench.py --help)
#
# The agent is ${BROWNOUT_BIN_DIR:-.build/release}/brownoutd; without it, its rows say so.
set -eu
cd "$(dirname "$0")/.."
tools=.build/bench
mkdir -p "$tools"
# shellcheck disable=SC2046 # a list of words
gcc -std=gnu11 -O2 -Wall -Wextra -Werror -o "$tools/accept" Bench/accept.c \
    $(pkg-config --cflags --libs libmnl libnftnl libnetfilter_queue)
gcc -std=gnu11 -O2 -Wall -Wextra -Werror -pthread -o "$tools/probe" Bench/probe.c

gcc -std=gnu11 -O2 -Wall -Wextra -Werror -fPIC -shared -o "$tools/allocations.so" Bench/allocations.c

PATH="$PATH:/usr/sbin:/sbin" PYTHONDONTWRITEBYTECODE=1 exec Scripts/private.sh python3 \
    Bench/bench.py --tools "$tools" --agent "${BROWNOUT_BIN_DIR:-.build/release}/brownoutd" "$@"
