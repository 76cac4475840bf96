#!/bin/bash
# namespace.sh COMMAND...: runs a command as root of a user, mount and process namespace of its own; mounts in it are not seen outside.
# Root maps every user to itself. Anybody else needs the package uidmap and a range in /etc/subuid and /etc/subgid.
set -euo pipefail

if [ "$(id -u)" -ne 0 ]; then
    exec unshare --map-root-user --map-auto -m -p -f --kill-child --mount-proc --propagation private "$@"
fi

gate=$(mktemp -u "${TMPDIR:-/tmp}/latch-board.XXXXXX")
mkfifo "$gate"
unshare -U -m -p -f --kill-child --propagation private bash -c 'read -r _ <"$0"; mount -t proc proc /proc; exec "$@"' "$gate" "$@" &
child=$!
trap 'kill $child 2>/dev/null; rm -f "$gate"' EXIT
# The maps can be written once the child has left our user namespace.
while [ "$(readlink /proc/$child/ns/user)" = "$(readlink /proc/self/ns/user)" ]; do sleep 0.05; done
echo '0 0 65536' >/proc/$child/uid_map
echo '0 0 65536' >/proc/$child/gid_map
echo go >"$gate"
code=0
wait "$child" || code=$?
trap - EXIT
rm -f "$gate"
exit "$code"
