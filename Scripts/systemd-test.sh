#!/bin/sh
# Starts the unit under a real systemd: PID 1 of namespaces of its own, over a small Debian tree.
#
#     Scripts/systemd-test.sh [DIRECTORY]
#
# As root, on a host with a cgroup2 hierarchy and debootstrap. DIRECTORY (default: a temporary one)
# holds the tree, which is made there once (about 300 MB) and used again. The binaries are those of
# ${BROWNOUT_BIN_DIR:-.build/release}, linked with --static-swift-stdlib. Not part of the gate.
set -eu
cd "$(dirname "$0")/.."
fail() { echo "systemd-test: $*" >&2; exit 1; }

# As PID 1 to be, in the new namespaces: mounts what systemd expects and becomes it.
if [ "${1:-}" = --init ]; then
    root=$2
    mount --make-rprivate /
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount -t sysfs sysfs "$root/sys"
    mount -t tmpfs tmpfs "$root/run"
    mount -t tmpfs -o mode=755 tmpfs "$root/dev"
    for device in null zero full random urandom tty; do
        touch "$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
    done
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
    # Of the cgroup namespace: its root is the group that the caller made.
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
    ip link set lo up
    cd "$root"
    pivot_root . mnt
    umount -l /mnt
    exec env -i container=brownout-test PATH=/usr/sbin:/usr/bin \
        /lib/systemd/systemd --unit=multi-user.target </dev/null
fi

# Inside, once systemd is up: what is claimed of the unit, one line each.
if [ "${1:-}" = --inside ]; then
    ok() { echo "ok: $*"; }
    unit() { systemctl show --property "$1" --value brownoutd; }
    addresses() { dig @127.0.0.1 db.example.test +short +tries=1 +time=1; }
    until_is() { # until_is SECONDS COMMAND…
        left=$(($1 * 5)); shift
        until "$@" >/dev/null 2>&1; do
            left=$((left - 1))
            [ "$left" -gt 0 ] || return 1
            sleep 0.2
        done
    }
    systemctl daemon-reload
    systemctl start brownoutd || fail "start: $(journalctl -u brownoutd --no-pager)"
    [ "$(systemctl is-active brownoutd)" = active ] || fail "not active"
    ok "active, Type=$(unit Type)"
    pid=$(unit MainPID)
    caps=$(grep -E '^Cap(Inh|Prm|Eff|Bnd|Amb)' "/proc/$pid/status" | tr -s '\t\n' ' ')
    [ "$caps" = "CapInh: 0000000000000000 CapPrm: 0000000000001000 CapEff: 0000000000001000\
 CapBnd: 0000000000000000 CapAmb: 0000000000000000 " ] || fail "capabilities: $caps"
    ok "CAP_NET_ADMIN and nothing else"
    socket=$(stat -c '%a %U:%G' /run/brownout.sock)
    [ "$socket" = "660 root:brownout" ] || fail "socket: $socket"
    ok "socket $socket"

    systemd-run --quiet --unit=test-dns dnsmasq -k --no-resolv --no-hosts --user=root \
        --listen-address=127.0.0.1 --bind-interfaces --address=/db.example.test/192.0.2.7
    has_address() { [ "$(addresses)" = 192.0.2.7 ]; }
    until_is 5 has_address || fail "no answer before"
    brownout dns empty db.example.test --for 60s --detach --leg any >/dev/null
    answer=$(dig @127.0.0.1 db.example.test)
    echo "$answer" | grep -q 'status: NOERROR' && echo "$answer" | grep -q 'ANSWER: 0' ||
        fail "not empty: $answer"
    ok "dns empty: NOERROR and nothing"

    ping=$(unit WatchdogTimestampMonotonic)
    pinged() { [ "$(unit WatchdogTimestampMonotonic)" != "$ping" ]; }
    until_is 10 pinged || fail "no watchdog ping in 10 s"
    ok "watchdog is fed"
    systemctl stop brownoutd || fail "stop"
    [ -z "$(nft list tables)" ] || fail "tables after stop: $(nft list tables)"
    has_address || fail "no real answer after stop"
    ok "stop leaves no table, and the real answer"

    systemctl start brownoutd
    stopped=$(unit MainPID)
    systemctl kill --signal STOP brownoutd
    restarted() {
        now=$(unit MainPID)
        [ "$now" != 0 ] && [ "$now" != "$stopped" ] && systemctl is-active --quiet brownoutd
    }
    until_is 25 restarted || fail "a stopped agent was not restarted"
    ok "kill -STOP: the watchdog restarted it, NRestarts=$(unit NRestarts)"
    systemctl stop brownoutd
    systemd-analyze security brownoutd --no-pager | tail -1
    exit 0
fi

[ "$(id -u)" = 0 ] || fail "needs root"
PATH="$PATH:/usr/sbin:/sbin"
binaries=$(realpath "${BROWNOUT_BIN_DIR:-.build/release}")
hierarchy=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
[ -n "$hierarchy" ] || fail "no cgroup2 hierarchy is mounted"
group=$hierarchy/brownout-systemd-test.$$
root=${1:-$(mktemp -d)}
pid=""
end() {
    # unshare ignores the politer signals; its end takes the namespaces' PID 1 along.
    [ -z "$pid" ] || { kill -KILL "$pid" && wait "$pid"; } 2>/dev/null || true
    # The last process may still be on its way out of its group.
    for _ in 1 2 3 4 5; do
        find "$group" -depth -type d -exec rmdir {} + 2>/dev/null && break
        sleep 0.2
    done
    [ "$keep" = 1 ] || rm -rf --one-file-system "$root"
}
keep=$([ $# -gt 0 ] && echo 1 || echo 0)
trap end EXIT
trap 'exit 130' INT TERM

if [ ! -e "$root/lib/systemd/systemd" ]; then
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,iproute2,nftables,\
dnsmasq-base,dnsutils,libmnl0,libnftnl11,libnetfilter-queue1,libcap-ng0 bookworm "$root" >&2
fi
install -m 755 "$binaries/brownoutd" "$root/usr/sbin/brownoutd"
install -m 755 "$binaries/brownout" "$root/usr/bin/brownout"
install -m 755 "$0" "$root/root/systemd-test.sh"
install -m 644 Packaging/systemd/brownoutd.service "$root/etc/systemd/system/"
install -D -m 644 Packaging/sysusers.d/brownout.conf "$root/usr/lib/sysusers.d/brownout.conf"
chroot "$root" systemd-sysusers brownout.conf

mkdir "$group"
sh -c 'echo $$ > "$0/cgroup.procs"
    exec unshare --pid --mount --cgroup --net --uts --ipc --fork --kill-child "$@"' \
    "$group" "$PWD/Scripts/systemd-test.sh" --init "$root" &
pid=$!
inside() {
    init=$(pgrep -P "$pid") && nsenter --target "$init" --all "$@"
}
left=600
until [ "$(inside systemctl is-system-running 2>/dev/null)" = running ]; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || fail "systemd did not come up: $(inside systemctl --failed 2>&1)"
    sleep 0.2
done
inside env PATH=/usr/sbin:/usr/bin:/sbin:/bin /bin/sh /root/systemd-test.sh --inside
