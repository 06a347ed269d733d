#!/bin/sh
# Puts the system parts in place that tests use: bubblewrap for the default sandbox.
# Without it the Landlock sandbox is used and tested, and the bubblewrap tests are skipped with that reason.
set -eu
command -v bwrap >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq >/dev/null 2>&1 || true
    apt-get install -y -qq bubblewrap >/dev/null 2>&1 && exit 0
fi
echo "bubblewrap is not installed (apt-get install bubblewrap): the Landlock sandbox is used instead" >&2
