#!/bin/sh
# Brings the processes of one machine to the code in this folder, one after another: deploy/systemd/upgrade.sh PORT...
#
# The ports are those of the API processes. The balancer sends requests to the other ones while one restarts, so there
# must be at least two. Stops at the first process that does not become ready; the remaining ones keep running.
set -eu
[ $# -ge 2 ] || { echo "Usage: deploy/systemd/upgrade.sh PORT PORT..." >&2; exit 2; }
cd "$(dirname "$0")/../.."
node=node_modules/.bin/node
[ -x "$node" ] || node=node

# The old processes keep serving: migrations only add to what they use.
systemctl start sellout-migrate
for port in "$@"; do
  # Returns when the old process has drained and the new one has been started.
  systemctl restart "sellout-api@$port"
  tries=0
  until "$node" deploy/health-check.mjs "$port" /ready; do
    tries=$((tries + 1))
    if [ "$tries" -ge 60 ]; then
      echo "sellout-api@$port is not ready. The processes after it still run the old code." >&2
      exit 1
    fi
    sleep 1
  done
  echo "sellout-api@$port is ready."
done
systemctl restart sellout-worker
