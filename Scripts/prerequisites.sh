#!/bin/sh
# Installs what the named purposes need, with apt, and checks for Swift.
#
#     Scripts/prerequisites.sh build [demo] [test] [bench]
set -eu

if ! command -v swift >/dev/null 2>&1; then
    echo "brownout: Swift 6.2 or newer is needed; install it from https://www.swift.org/install/linux/" >&2
    exit 1
fi
version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
case "$version" in
    [0-5].* | 6.0 | 6.1)
        echo "brownout: Swift $version is too old; 6.2 or newer is on https://www.swift.org/install/linux/" >&2
        exit 1 ;;
esac

packages=""
for purpose in "$@"; do
    case "$purpose" in
        build) packages="$packages libmnl-dev libnftnl-dev libnetfilter-queue-dev libcap-ng-dev pkg-config" ;;
        demo) packages="$packages iproute2 mount util-linux" ;;
        test) packages="$packages dnsutils nftables iptables unbound dnsmasq nsd ldnsutils python3 python3-dnspython python3-jsonschema python3-requests python3-venv curl wget nodejs default-jdk-headless nginx-light openssl prometheus iperf3 iproute2 procps util-linux systemd chromium fonts-dejavu-core" ;;
        bench) packages="$packages gcc libc6-dev dnsutils nsd dnsperf dnsdist dnsmasq nginx-light nftables iperf3 python3 iproute2 util-linux" ;;
    esac
done

missing=""
for package in $packages; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] \
        || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "brownout: please install as root: apt-get install$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
echo "Installing:$missing"
# Servers among them are for the tests, which start their own; none is to be started here.
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
policy=/usr/sbin/policy-rc.d
made_policy=""
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod 0755 "$policy"
    made_policy=yes
fi
status=0
# shellcheck disable=SC2086 # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing || status=$?
[ -z "$made_policy" ] || $as_root rm -f "$policy"
exit "$status"
