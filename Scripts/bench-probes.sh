#!/bin/sh
# What 1,000 probes a second cost: CPU seconds of the prober, against nginx and NSD.
#
#     Scripts/bench-probes.sh [SECONDS]     exit 1 where one costs more than a quarter of a core
#
# Needs nginx and nsd, and `swift build -c release --product prober`.
set -eu
cd "$(dirname "$0")/.."
[ "${BROWNOUT_PRIVATE_NETNS:-}" = 1 ] || exec Scripts/private.sh "$0" "$@"
PATH="$PATH:/usr/sbin"
prober=${BROWNOUT_BIN_DIR:-.build/release}/prober
place=$(mktemp -d)
servers=""
trap 'for pid in $servers; do kill "$pid"; done; wait; rm -rf "$place"' EXIT
cat >"$place/nginx.conf" <<END
daemon off; master_process off; pid $place/pid; error_log $place/err;
events { worker_connections 4096; }
http {
    access_log off; keepalive_requests 100000000; keepalive_timeout 1h;
    client_body_temp_path $place/b; proxy_temp_path $place/p; fastcgi_temp_path $place/f;
    uwsgi_temp_path $place/u; scgi_temp_path $place/s;
    server { listen 127.0.0.1:8080; location / { return 200 "ok"; } }
}
END
printf '%s\n' '$ORIGIN shop.test.' '$TTL 60' '@ IN SOA ns h 1 60 60 60 60' '@ IN NS ns' \
    'ns IN A 127.0.0.1' 'one IN A 10.0.0.1' >"$place/zone"
sed -e 's/\${server}/127.0.0.1/; s/\${zone}/shop.test/' -e "s#\\\${directory}#$place#g" \
    -e 's/16777216/1048576/' Bench/nsd.conf >"$place/nsd.conf"
nginx -c "$place/nginx.conf" -p "$place" & servers="$servers $!"
nsd -d -c "$place/nsd.conf" & servers="$servers $!"
sleep 1
status=0
measure() {
    printf '%s: ' "$1"
    "$prober" "${seconds}" 100 100 "$2" "$3" | tee "$place/figures"
    python3 -c 'import json, sys
seen = json.load(open(sys.argv[1]))
cores = seen["cpuSeconds"] / seen["seconds"]
print(f"    {cores:.3f} of a core (at most 0.25)")
sys.exit(cores > 0.25)' "$place/figures" || status=1
}
seconds=${1:-10}
measure "http, kept" http '{url: "http://127.0.0.1:8080/", connection: kept}'
measure "http, fresh" http '{url: "http://127.0.0.1:8080/"}'
measure tcp tcp 127.0.0.1:8080
measure dns dns '{name: one.shop.test, types: A, server: 127.0.0.1}'
exit "$status"
