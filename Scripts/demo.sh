#!/bin/sh
# What `make demo` runs: the game day `dynamodb-empty` in the lab, live, and its report. It needs no
# root and touches nothing outside but the folder of the report.
#
#     Scripts/demo.sh [FOLDER]
#
# FOLDER, for the report, is .build/demo unless given, or a new one for temporary files where .build
# is somebody else's; what was there of an earlier demo is replaced. The programs are those of
# ${BROWNOUT_BIN_DIR:-.build/release}.
#
# Exit codes: 0 the service did what it promises; 1 not, or not in time; 2 something is missing; 3 no
# privilege for namespaces; 130 or 143 stopped: of that only the report of half a run is left.
set -u

# Seconds that all of it may take.
limit=85

give_up() {
    printf 'demo: %s\n' "$2" >&2
    exit "$1"
}

here=$(pwd -P)
root=$(cd -- "$(dirname -- "$0")/.." && pwd -P) || exit 2
programs=${BROWNOUT_BIN_DIR:-$root/.build/release}
brownout=$programs/brownout
for program in brownout brownoutd; do
    [ -x "$programs/$program" ] ||
        give_up 2 "$programs/$program is not built: run \`make demo\`"
done

made=''
if [ $# -gt 0 ]; then
    mkdir -p -- "$1" && report=$(cd -- "$1" && pwd -P) || exit 2
elif mkdir -p "$root/.build/demo" 2>/dev/null && [ -w "$root/.build/demo" ]; then
    report=$root/.build/demo
else
    report=$(mktemp -d "${TMPDIR:-/tmp}/brownout-demo-XXXXXX") || exit 2
    made=yes
fi
forget() {
    for file in journal.json report.html report.md junit.xml; do rm -f -- "$report/$file"; done
    [ -z "$made" ] || rmdir -- "$report"
}
forget 2>/dev/null
[ -d "$report" ] || mkdir -m 755 -- "$report" || exit 2
# The folder that we are in stays in sight of the lab, wherever it is.
cd -- "$report" || exit 2

bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi

cat <<END
${bold}A game day, in a network of its own.${plain} In there are a small cloud and \`orders\`, a service that uses it.

  5 s    all is well: orders are read and written
  25 s   dynamodb.us-east-1.amazonaws.com resolves to nothing, as it did on 2025-10-19:
         reads are to go on, and writes to be refused in so many words, as read-only
  then   the fault is lifted: how long is the way back?

Nothing outside takes part. Ctrl-C ends it and leaves nothing behind.

END

# A shell has its background jobs ignore SIGINT and read nothing.
exec 3<&0
env --default-signal=INT timeout --foreground --signal=INT --kill-after=15 "$limit" \
    "$brownout" gameday run dynamodb-empty --lab --report "$report" <&3 &
run=$!
stopped=''
# The terminal's Ctrl-C has reached the run as well, which lifts everything and ends.
trap 'stopped=130' INT
trap 'stopped=143; kill -TERM "$run" 2>/dev/null' TERM HUP
while :; do
    wait "$run"
    status=$?
    # A signal ends the wait, not the run.
    kill -0 "$run" 2>/dev/null || break
done

if [ -n "$stopped" ] || [ "$status" -eq 5 ]; then
    printf '\ndemo: stopped; the network is gone, and the fault with it\n' >&2
    exit "${stopped:-130}"
fi
[ "$status" -ne 124 ] || give_up 1 "not done within $limit s"
for file in journal.json report.html report.md junit.xml; do
    [ -s "$report/$file" ] || give_up "$((status ? status : 1))" "no $file in $report"
done
[ "$status" -eq 0 ] || give_up "$status" "that is not what was promised: see $report/report.html"

typed=$brownout
[ "$here" != "$root" ] || typed=${brownout#"$root"/}
cat <<END

The same against a service with bad habits, which fails; and a game day of your own:

  $typed gameday run dynamodb-empty --lab --careless cached-reads,read-failover
  $typed gameday show dynamodb-empty > my-gameday.yaml

The report, for a browser: ${bold}$report/report.html${plain}
END
