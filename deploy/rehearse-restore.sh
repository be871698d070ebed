#!/bin/sh
# Restores a backup to a scratch database, checks the data against the invariants, and drops it again:
# deploy/rehearse-restore.sh FILE
#
# DATABASE_URL names any database of the server; only its name is replaced. The role must be allowed to create databases.
set -eu
[ $# -eq 1 ] || { echo "Usage: deploy/rehearse-restore.sh FILE" >&2; exit 2; }
: "${DATABASE_URL:?is not set}"
file=$(realpath "$1")
cd "$(dirname "$0")/.."
node=node_modules/.bin/node
[ -x "$node" ] || node=node

server=$DATABASE_URL
scratch="sellout_rehearsal_$$"
run() { psql --no-psqlrc --quiet --dbname="$server" --command="$1"; }
run "CREATE DATABASE $scratch"
trap 'run "DROP DATABASE $scratch WITH (FORCE)"' EXIT
DATABASE_URL=$(printf '%s' "$server" | sed -E "s#^([a-z]+://[^/]*/)[^?]*#\\1$scratch#")
export DATABASE_URL
# Without Redis, the audit checks only the database.
unset REDIS_URL
deploy/restore.sh "$file"
"$node" scripts/audit.ts
echo "$file can be restored."
