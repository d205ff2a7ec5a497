#!/bin/sh
# Runs a command in a network and mount namespace of its own, with loopback up: as root directly,
# as anyone else in a user namespace too. What it arms, mounts or binds is gone when it ends.
#
#     Scripts/private.sh COMMAND [ARGUMENT…]
set -eu
user=""
[ "$(id -u)" = 0 ] || user="--user --map-root-user"
# shellcheck disable=SC2086 # a list of words
exec unshare $user --net --mount -- sh -c '
    ip link set lo up
    BROWNOUT_PRIVATE_NETNS=1 exec "$@"
' private "$@"
