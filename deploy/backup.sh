#!/bin/sh
# Writes a backup of the database in DATABASE_URL: deploy/backup.sh FILE
#
# The backup is a consistent snapshot; the servers keep running. pg_dump must be of the server's version or newer. Redis
# needs no backup: it holds messages and caches, which are rebuilt.
set -eu
[ $# -eq 1 ] || { echo "Usage: deploy/backup.sh FILE" >&2; exit 2; }
: "${DATABASE_URL:?is not set}"
umask 077
part="$1.part"
trap 'rm -f "$part"' EXIT
pg_dump --dbname="$DATABASE_URL" --format=custom --no-owner --no-privileges --lock-wait-timeout=10s --file="$part"
# A file that pg_restore cannot read is no backup.
pg_restore --list "$part" >/dev/null
mv "$part" "$1"
echo "Wrote $1 ($(wc -c <"$1") bytes)."
