#!/bin/sh
# What `make demo` runs: the answer of 2025-10-19 before, during and after a drill, in a network of
# its own. It needs no root, touches nothing outside, and checks whatever it says: the exit code is
# 0 if all was as it should be, 1 if not, 2 if something is missing, 3 without the privilege for
# namespaces, 130 or 143 if it was stopped.
#
# Files, mounts and rules are in namespaces that end with it; its programs are ended by their ids.
set -u
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"

root=$(cd -- "$(dirname -- "$0")/.." && pwd -P) || exit 2
brownout=$root/.build/release/brownout
name=dynamodb.us-east-1.amazonaws.com
alias=orders.example.com
elsewhere=dynamodb.us-west-2.amazonaws.com
fault=dynamodb-empty
# Seconds that all of it may take.
limit=20

give_up() {
    printf 'demo: %s\n' "$2" >&2
    exit "$1"
}

# --- Outside: find what is needed, and the way into a lab. ---------------------------------------

enter() {
    for program in brownout brownoutd; do
        [ -x "$root/.build/release/$program" ] ||
            give_up 2 "$root/.build/release/$program is not built: run \`make demo\`"
    done
    for tool in dig:dnsutils getent:libc-bin; do
        command -v "${tool%:*}" >/dev/null ||
            give_up 2 "${tool%:*} is missing: apt-get install ${tool#*:}"
    done
    # What is in the folder that we are in stays in sight, even below /run.
    cd -- "$root" || exit 2
    # Names are all that this demo needs of the lab: nobody is to be busy in it.
    exec timeout --foreground --preserve-status --signal=ALRM --kill-after=10 "$limit" \
        "$brownout" lab run --clients 0 --shoppers 0 -- sh "$root/Scripts/${0##*/}" inside \
        "$(readlink /proc/self/ns/net)" "$(readlink /proc/self/ns/mnt)"
}

# --- Inside: the lab, and a machine that resolves through it. -------------------------------------

# Whether we are where nothing can be spoilt: not in the namespaces that we came from.
private() {
    case ${1:-} in net:*) ;; *) return 1 ;; esac
    case ${2:-} in mnt:*) ;; *) return 1 ;; esac
    [ -n "${BROWNOUT_LAB:-}" ] &&
        [ "$(readlink /proc/self/ns/net)" != "$1" ] && [ "$(readlink /proc/self/ns/mnt)" != "$2" ]
}

# Runs a program in the background: its pid, output and exit code are in $work. (A shell has its
# background jobs ignore SIGINT, which is how the client is told to lift.)
start() {
    started="$started $1"
    job=$work/$1
    shift
    (
        # shellcheck disable=SC2016 # for the inner shell to expand
        env --default-signal=INT sh -c 'echo "$$" >"$0.pid"; exec "$@"' "$job" "$@" \
            >"$job.out" 2>&1 </dev/null
        echo "$?" >"$job.rc"
    ) &
    wait_for - test -s "$job.pid"
}

# Ends a program that we started, unless it has ended; it may be so new that its id is not known yet.
end() {
    wait_for "$2" test -s "$work/$2.pid" && ! ended "$2" &&
        kill -s "$1" "$(cat "$work/$2.pid")" 2>/dev/null
}

# The client lifts its fault, with which the agent leaves; the lab ends with us.
clean_up() {
    for job in $started; do
        case $job in client) end INT client ;; *) end TERM "$job" ;; esac
    done
    for job in $started; do wait_for - ended "$job" || end KILL "$job"; done
    # What a client has left behind, against its word.
    [ ! -e "$BROWNOUT_SOCKET" ] || timeout 3 "$brownout" lift --all >/dev/null 2>&1
}

# Stopped from outside: with what code, and a word on why. The same signal may come twice, from the
# terminal and through `timeout`.
stop() {
    trap '' INT TERM HUP ALRM
    printf '\ndemo: %s\n' "$2" >&2
    exit "$1"
}

ended() { [ -s "$work/$1.rc" ]; }

# Tries a command until it succeeds: for 8 seconds, or until a program that it needs has ended.
wait_for() {
    needed=$1
    shift
    tries=80
    while [ "$tries" -gt 0 ]; do
        "$@" && return 0
        [ "$needed" = - ] || ! ended "$needed" || break
        tries=$((tries - 1))
        sleep 0.1
    done
    "$@"
}

# --- Looking ------------------------------------------------------------------------------------

# What was looked at last, and what it said.
ask() {
    seen=$work/dig
    dig -r @127.0.0.1 +time=2 +tries=1 "$1" A >"$seen" 2>&1
}
resolves() {
    seen=$work/getent
    getent ahosts "$1" >"$seen" 2>&1
}
# 2: no such host; anything else would be another failure.
does_not_resolve() {
    resolves "$1"
    [ $? -eq 2 ]
}

# The part of dig's output that tells something.
show() {
    printf '    $ dig %s\n' "$1"
    awk '
        /status:/ { sub(/.*status: /, ""); sub(/,.*/, ""); print "      status: " $0 }
        /^; (EDE|OPT=15)/ { sub(/^; /, ""); print "      " $0 }
        / SECTION:$/ { wanted = /ANSWER|AUTHORITY/; next }
        /^$/ { wanted = 0 }
        wanted { gsub(/[ \t]+/, " "); print "      " $0 }
    ' "$work/dig"
}

# The rest reads dig's latest output.
records() {
    awk -v section=";; $1 SECTION:" -v type="$2" '
        /SECTION:$/ { wanted = $0 == section; next }
        /^$/ { wanted = 0 }
        wanted && $4 == type
    ' "$work/dig"
}
count() { [ "$(records "$1" "$2" | wc -l)" = "$3" ]; }
noerror() { grep -q 'status: NOERROR,' "$work/dig"; }
full() { noerror && count ANSWER CNAME "$1" && count ANSWER A 3; }
empty() { noerror && count ANSWER CNAME "$1" && count ANSWER A 0; }
same() { full 1 && records ANSWER A | sort | cmp -s - "$work/before"; }
told() { grep -Eq "^; (EDE|OPT=15).*brownout:$fault" "$work/dig"; }
# A name, and what its answer is to be.
answer() {
    ask "$1"
    shift
    "$@"
}

# 5: interrupted, everything lifted.
lifted() { [ "$(cat "$work/client.rc")" -eq 5 ]; }
agent_left() {
    [ ! -e "$BROWNOUT_SOCKET" ] || return 1
    # The table is the proof; without nft the socket has to do.
    ! command -v nft >/dev/null || ! nft list tables 2>/dev/null | grep -q brownout
}

# --- Telling ------------------------------------------------------------------------------------

bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi

heading() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }
# Below what was shown, the claims, each checked before it is printed.
failed=0
claim() {
    what=$1
    shift
    if "$@"; then
        printf '    ok  %s\n' "$what"
    else
        failed=1
        printf '    NO  %s\n' "$what"
        sed 's/^/        | /' "$seen"
    fi
}
# What a program said, for somebody who must find out why it failed.
stuck() {
    printf 'demo: %s\n' "$2" >&2
    sed 's/^/    | /' "$work/$1.out" >&2
    exit 1
}

demo() {
    heading 'Before'
    ask "$name"
    show "$name"
    claim 'an alias, and three addresses behind it' full 1
    records ANSWER A | sort >"$work/before"
    claim 'getent ahosts finds them, as every program on this host does' resolves "$name"

    heading "During: brownout inject $fault --for 20s"
    start client "$brownout" inject "$fault" --for 20s
    wait_for client answer "$name" empty 1 || stuck client 'the answer stayed as it was:'
    show "$name"
    claim 'NOERROR: whoever counts errors sees none' noerror
    claim 'the alias is still there, and no address behind it' empty 1
    claim 'an SOA lets every cache keep that' count AUTHORITY SOA 1
    claim 'an extended error tells this drill from an outage' told
    claim "$alias, three aliases away from the addresses, is as empty" answer "$alias" empty 3
    claim 'getent ahosts: no such host' does_not_resolve "$name"
    claim "$elsewhere, the other region, answers as ever" answer "$elsewhere" full 1

    heading 'After: Ctrl-C'
    kill -INT "$(cat "$work/client.pid")"
    wait_for - ended client || stuck client 'the client does not end:'
    ask "$name"
    show "$name"
    claim 'the very next answer is the real one' same
    claim 'getent ahosts finds the addresses again' resolves "$name"
    claim 'the client says: interrupted, everything lifted' lifted
    claim 'the agent left with its last fault, and its rules with it' wait_for - agent_left

    if [ "$failed" -ne 0 ]; then
        printf '\ndemo: not all was as it should be: see NO above; the client said:\n' >&2
        sed 's/^/    | /' "$work/client.out" >&2
        exit 1
    fi
    printf '\nThat answer stood from 23:48 to 02:40; over 140 services felt it.\n'
}

if [ "${1:-}" != inside ]; then enter; fi
shift
private "$@" || give_up 2 'the second stage is not for calling by hand: run it without arguments'

work=/run/brownout-demo
mkdir -m 700 "$work" || give_up 3 'the private network has no place for files'
started=''
trap clean_up EXIT
trap 'stop 130 stopped' INT
trap 'stop 143 stopped' TERM HUP
trap 'stop 1 "not done within $limit s"' ALRM
printf 'A drill in a private network: a DNS zone, a client, an agent. Nothing outside takes part.\n'
demo
