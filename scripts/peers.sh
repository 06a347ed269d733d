#!/bin/sh
# Puts the system parts in place that tests use: bubblewrap for the default sandbox, Mosquitto for families with a broker.
# Without bubblewrap the Landlock sandbox is used and tested, and its tests are skipped with that reason; without
# Mosquitto the families that need it say `not_run`.
set -eu
missing=""
command -v bwrap >/dev/null 2>&1 || missing="$missing bubblewrap"
[ -x /usr/sbin/mosquitto ] || command -v mosquitto >/dev/null 2>&1 || missing="$missing mosquitto"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq >/dev/null 2>&1 || true
    # The package starts a broker of its own; the tests start theirs.
    DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq $missing >/dev/null 2>&1 && exit 0
fi
echo "not installed:$missing (apt-get install$missing): what needs it is skipped and says so" >&2
