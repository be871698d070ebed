#!/bin/sh
# Restores a backup to the database in DATABASE_URL, which must be empty: deploy/restore.sh FILE
#
# Stop the API and the worker first, and start them afterwards: they cache IDs that the restored database may assign
# again. Apart from the data, the script applies migrations that are newer than the backup, and raises the version of
# every event, so that clients that come back do not take an old version for a new one.
set -eu
[ $# -eq 1 ] || { echo "Usage: deploy/restore.sh FILE" >&2; exit 2; }
: "${DATABASE_URL:?is not set}"
file=$(realpath "$1")
cd "$(dirname "$0")/.."
# In the image, `node` has the right version. Elsewhere, npm installs it.
node=node_modules/.bin/node
[ -x "$node" ] || node=node

tables=$(psql --no-psqlrc --tuples-only --no-align --dbname="$DATABASE_URL" \
  --command="SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
if [ "$tables" -ne 0 ]; then
  echo "The database is not empty: it has $tables tables. Create a new one and set DATABASE_URL to it." >&2
  exit 1
fi
pg_restore --dbname="$DATABASE_URL" --no-owner --no-privileges --exit-on-error --single-transaction "$file"
psql --no-psqlrc --quiet --dbname="$DATABASE_URL" --command='ANALYZE'
"$node" --disable-warning=ExperimentalWarning scripts/migrate.ts
"$node" scripts/restored.ts
