#!/usr/bin/env bash
# run.sh [DUMP]: the whole job of README.md on a Cellar of its own. Ends with "all equal", or with what differs and status 1.
# Without DUMP it asks apt for its package index. CELLAR names the executable (default build/release/cellar), PORT_OFFSET
# moves all ports (default 4000), WORK names the folder for everything it writes (default build/examples/debian-packages).
# With CLUSTER, the folder of a running ./dev cluster (build/cluster), it loads into that instead, and kills each role in the
# middle of a load.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
cellar=${CELLAR:-$root/build/release/cellar}
offset=${PORT_OFFSET:-4000}
work=${WORK:-$root/build/examples/debian-packages}
export LC_ALL=C

[ -x "$cellar" ] || { echo "run.sh: $cellar is not there: ./dev build" >&2; exit 1; }
rm -rf "$work"
mkdir -p "$work/got" "$work/want" "$work/queries"
checked=0 different=0 server="" cluster=${CLUSTER:-}
reach=(--port-offset "$offset")
if [ -n "$cluster" ]; then reach=(--url "$(head -n 1 "$cluster/nodes")" --password-file "$cluster/password"); fi

# ---- the server and its shell

stop_server() {
  [ -n "$server" ] || return 0
  kill -TERM "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=""
}
trap stop_server EXIT

# Starts the server and waits until it is ready; says how long that took.
start_server() {
  local begun=$EPOCHREALTIME
  "$cellar" start --data-dir "$work/data" --port-offset "$offset" >"$work/ready" 2>>"$work/cellar.log" </dev/null &
  server=$!
  until grep -q ready "$work/ready"; do
    kill -0 "$server" 2>/dev/null || { tail "$work/cellar.log" >&2; echo "run.sh: the server stopped" >&2; exit 1; }
    sleep 0.02
  done
  say "the server is ready after $(since "$begun") s"
}

kill_server() {
  kill -KILL "$server"
  wait "$server" 2>/dev/null || true
  server=""
}

shell() { "$cellar" shell --wait "${reach[@]}" --namespace "${namespace:-/debian}" "$@"; }
quietly() { shell --test-mode "$@"; }

# ---- what it says

say() { printf '%s\n' "$*"; }
since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }

check() {  # NAME GOT WANT
  checked=$((checked + 1))
  if cmp -s "$2" "$3" 2>/dev/null; then
    printf '  equal   %-34s %8d lines\n' "$1" "$(wc -l <"$2")"
  else
    different=$((different + 1))
    printf '  DIFFERS %-34s diff %s %s\n' "$1" "$2" "$3"
    diff "$2" "$3" | head -n 10 | cut -c 1-200 || true
  fi
}

# ---- the job

make_input() {
  if [ $# = 1 ]; then cp "$1" "$work/dump"; else "$here/make_dump.sh" "$work/dump"; fi
  "$here/to_tsv.py" "$work/dump" "$work/packages.tsv"
  awk -f "$here/to_cells.awk" "$work/packages.tsv" | sort -t$'\t' -k2,2 -k1,1n -k3,3 | cut -f2- >"$work/cells.tsv"
  { printf '#row\tcolumn\tvalue\n'; cat "$work/cells.tsv"; } >"$work/want/export"
  # The script is checked too: awk counts fields in the dump itself.
  awk '/^[A-Za-z][^ :]*:/ && !/^Package:/ { n++ } END { print n + 0 }' "$work/dump" >"$work/want/fields"
  wc -l <"$work/cells.tsv" >"$work/got/fields"
  check 'fields of the dump and cells' "$work/got/fields" "$work/want/fields"
  # queries.txt -> queries/NAME.hql and NAME.awk; queries/names has them in order.
  awk -v out="$work/queries" '
    /^== / { name = $2; print name >(out "/names"); file = out "/" name ".hql"; next }
    /^--$/ { file = out "/" name ".awk"; next }
    name != "" && $0 != "" { print >file }' "$here/queries.txt"
}

load_of_packages() { echo "LOAD DATA INFILE '$work/packages.tsv' INTO TABLE packages;"; }
load() { shell -e "$(load_of_packages)"; }

ask() {  # NAME
  quietly --command-file "$work/queries/$1.hql" >"$work/got/$1" || echo "status $?" >>"$work/got/$1"
  awk -F'\t' -f "$work/queries/$1.awk" "$work/cells.tsv" >"$work/want/$1"
  check "$1" "$work/got/$1" "$work/want/$1"
}

ask_all() { while read -r name; do ask "$name"; done <"$work/queries/names"; }

export_table() {  # TABLE WHAT
  quietly -e "SELECT * FROM $1 INTO FILE '$work/got/export';"
  check "$2" "$work/got/export" "$work/want/export"
}

# Begins to load and kills $1, shell or server, when the server's log shows that it has come half-way.
load_killed() {
  local whole before loader
  whole=$(stat -c %s "$work/packages.tsv")
  quietly -e "DROP TABLE IF EXISTS packages;"
  namespace=/ quietly --command-file "$here/schema.hql"
  before=$(log_bytes)
  # Not through a function: $! must be the shell itself.
  "$cellar" shell --port-offset "$offset" --namespace /debian --timeout 5000 -e "$(load_of_packages)" 2>"$work/killed-load" &
  loader=$!
  while [ $(($(log_bytes) - before)) -lt $((whole / 10)) ] && kill -0 "$loader" 2>/dev/null; do sleep 0.005; done
  if [ "$1" = shell ]; then kill -KILL "$loader" 2>/dev/null || true; else kill_server; fi
  wait "$loader" 2>/dev/null || true
  [ -n "$server" ] || start_server
  say "$(quietly -e 'SELECT pkg:version FROM packages KEYS_ONLY;' | wc -l) packages were there after the kill"
}

# A load in whose middle one process of the cluster is killed: it ends well all the same.
load_through_a_kill() {  # NODE
  local before loader half begun pid
  quietly -e "DROP TABLE IF EXISTS packages;"
  namespace=/ quietly --command-file "$here/schema.hql"
  before=$(log_bytes)
  half=$(($(stat -c %s "$work/packages.tsv") / 10))
  load >"$work/killed-load" 2>&1 &
  loader=$!
  while [ $(($(log_bytes) - before)) -lt "$half" ] && kill -0 "$loader" 2>/dev/null; do sleep 0.005; done
  pid=$(pid_of "$1")
  kill -0 "$loader" 2>/dev/null && say "kill -9 of $1 in the middle of the load" || say "kill -9 of $1 after the load"
  kill -KILL "$pid"
  begun=$EPOCHREALTIME
  if ! wait "$loader"; then
    cat "$work/killed-load" >&2
    different=$((different + 1))
  fi
  say "the load ended $(since "$begun") s later"
  export_table packages "export after kill -9 of $1"
}

# A ZooKeeper has no status page: its process has its folder among its words.
pid_of() {  # NODE
  case $1 in
    lockservice-*) pgrep -f "QuorumPeerMain $(readlink -f "$cluster")/zookeeper/${1#lockservice-}/" ;;
    *) "$root/build/release/tests/cluster/cellar_cluster" status "$cluster" | awk -v node="$1" '$1 == node { print $3 }' ;;
  esac
}

active_master() {
  "$root/build/release/tests/cluster/cellar_cluster" status "$cluster" | awk '/^master/ && $4 != "standby" { print $1; exit }'
}

log_bytes() { cat "${cluster:-$work}"/data/files/servers/*/*/log/user/0* 2>/dev/null | wc -c; }

check_cluster() {
  if "$cellar" check "${reach[@]}" >"$work/check"; then echo well >"$work/got/check"; fi
  tail -n 20 "$work/check"
  echo well >"$work/want/check"
  check 'cellar check' "$work/got/check" "$work/want/check"
}

tell() {
  if [ "$different" = 0 ]; then say "all equal ($checked comparisons)"; else say "$different of $checked comparisons differ"; fi
  [ "$different" = 0 ]
}

main_on_cluster() {
  local node
  say '[1/4] the package index as TSV'
  make_input "$@"
  say '[2/4] loads, each role killed in the middle of one'
  namespace=/ quietly -e 'CREATE NAMESPACE debian IF NOT EXISTS;'
  for node in rangeserver-0 "$(active_master)" fsbroker-0 lockservice-0; do load_through_a_kill "$node"; done
  say '[3/4] questions'
  ask_all
  say '[4/4] every byte on the disk'
  check_cluster
  tell
}

main() {
  say '[1/8] the package index as TSV'
  make_input "$@"

  say '[2/8] load'
  start_server
  namespace=/ quietly --command-file "$here/schema.hql"
  load

  say '[3/8] questions'
  ask_all

  say '[4/8] export, and what was loaded from caches after kill -9'
  export_table packages 'export'
  kill_server
  start_server
  export_table packages 'export after kill -9'

  say '[5/8] the same from files, after a stop in order'
  quietly -e 'COMPACT TABLE packages;'
  stop_server
  start_server
  ask_all

  say '[6/8] the export loaded into a second table'
  quietly -e 'CREATE TABLE again LIKE packages;'
  shell -e "LOAD DATA INFILE '$work/got/export' INTO TABLE again;"
  export_table again 'export of the export'
  quietly -e 'DROP TABLE again;'

  say '[7/8] a load killed half-way and run again'
  for victim in shell server; do
    say "kill -9 of the $victim"
    load_killed "$victim"
    load
    export_table packages "export after kill -9 of the $victim"
  done

  say '[8/8] every byte on the disk'
  check_cluster
  stop_server
  tell
}

if [ -n "$cluster" ]; then main_on_cluster "$@"; else main "$@"; fi
