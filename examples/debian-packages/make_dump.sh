#!/usr/bin/env bash
# make_dump.sh FILE: Debian's package index as text. Needs apt's package lists (apt-get update, once, as root).
set -euo pipefail
[ $# = 1 ] || { echo "usage: make_dump.sh FILE" >&2; exit 2; }
command -v apt-cache >/dev/null || { echo "make_dump.sh: apt-cache is not here: run this on Debian" >&2; exit 1; }
apt-cache dumpavail >"$1.part"
stanzas=$(grep -c '^Package: ' "$1.part" || true)
if [ "$stanzas" -lt 1000 ]; then
  echo "make_dump.sh: only $stanzas packages are known: run 'apt-get update' first" >&2
  exit 1
fi
mv "$1.part" "$1"
echo "$stanzas packages in $1"
