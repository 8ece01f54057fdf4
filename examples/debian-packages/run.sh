#!/usr/bin/env bash
# run.sh [DUMP]: the whole job of README.md on a Cellar of its own. Ends with "N passed, N failed".
# PORT_OFFSET moves all ports (default 4000), WORK names the folder for everything it writes (default build/examples).
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
cellar=$root/build/release/cellar
offset=${PORT_OFFSET:-4000}
work=${WORK:-$root/build/examples/debian-packages}
export LC_ALL=C

[ -x "$cellar" ] || { echo "run.sh: $cellar is not there: ./dev build" >&2; exit 1; }
rm -rf "$work"
mkdir -p "$work/got" "$work/want"
passed=0 failed=0 server=""

stop_server() {
  [ -n "$server" ] || return 0
  kill -TERM "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=""
}
trap stop_server EXIT

start_server() {
  "$cellar" start --data-dir "$work/data" --port-offset "$offset" >>"$work/cellar.log" 2>&1 </dev/null &
  server=$!
}

shell() { "$cellar" shell --wait --port-offset "$offset" --batch --test-mode "$@"; }

check() {  # NAME GOT WANT
  if cmp -s "$2" "$3"; then
    passed=$((passed + 1))
    printf '  ok      %-32s %8d lines\n' "$1" "$(wc -l <"$2")"
  else
    failed=$((failed + 1))
    printf '  FAILED  %-32s diff %s %s\n' "$1" "$2" "$3"
  fi
}

timed() {  # WHAT COMMAND...
  local begun=$EPOCHREALTIME
  "${@:2}"
  printf '%s: %s s\n' "$1" "$(awk -v a="$begun" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }')"
}

make_input() {
  if [ $# = 1 ]; then cp "$1" "$work/dump"; else "$here/make_dump.sh" "$work/dump"; fi
  "$here/to_tsv.py" "$work/dump" "$work/packages.tsv"
  awk -f "$here/to_cells.awk" "$work/packages.tsv" | sort -t$'\t' -k2,2 -k1,1n -k3,3 | cut -f2- >"$work/cells.tsv"
  # The script is checked too: awk counts fields in the dump itself.
  awk '/^[A-Za-z][^ :]*:/ && !/^Package:/ { n++ } END { print n + 0 }' "$work/dump" >"$work/want/fields"
  wc -l <"$work/cells.tsv" >"$work/got/fields"
  check 'every field became a cell' "$work/got/fields" "$work/want/fields"
}

# queries.txt -> $work/queries/NAME.hql and NAME.awk, in order of appearance in $work/queries/names
split_queries() {
  mkdir -p "$work/queries"
  awk -v out="$work/queries" '
    /^== / { name = $2; print name >(out "/names"); file = out "/" name ".hql"; print "USE debian;" >file; next }
    /^--$/ { file = out "/" name ".awk"; next }
    name != "" && $0 != "" { print >file }' "$here/queries.txt"
}

ask() {  # NAME
  shell --command-file "$work/queries/$1.hql" >"$work/got/$1" || echo "status $?" >>"$work/got/$1"
  awk -F'\t' -f "$work/queries/$1.awk" "$work/cells.tsv" >"$work/want/$1"
  check "$1" "$work/got/$1" "$work/want/$1"
}

export_table() {  # TABLE FILE
  shell -e "USE debian; SELECT * FROM $1 INTO FILE '$2';"
}

main() {
  make_input "$@"
  split_queries
  { printf '#row\tcolumn\tvalue\n'; cat "$work/cells.tsv"; } >"$work/want/export"

  start_server
  shell --command-file "$here/schema.hql"
  timed 'load' shell -e "USE debian; LOAD DATA INFILE '$work/packages.tsv' INTO TABLE packages;"
  while read -r name; do ask "$name"; done <"$work/queries/names"
  timed 'export' export_table packages "$work/got/export"
  check 'export' "$work/got/export" "$work/want/export"

  # Files instead of caches, and a restart in between: the answers stay.
  shell -e "USE debian; COMPACT TABLE packages;"
  stop_server
  start_server
  timed 'restart' shell -e "USE debian; SELECT pkg:version FROM packages WHERE ROW = 'bash';" >"$work/restart"
  tail -n 1 "$work/restart"
  for name in one-package row-prefix essential-packages; do ask "$name"; done

  shell -e "USE debian; CREATE TABLE again LIKE packages;"
  timed 'load of the export' shell -e "USE debian; LOAD DATA INFILE '$work/got/export' INTO TABLE again;"
  export_table again "$work/got/export-again"
  check 'export loaded and exported' "$work/got/export-again" "$work/want/export"

  shell -e "USE debian; DROP TABLE again; DROP TABLE packages;"
  stop_server
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}

main "$@"
