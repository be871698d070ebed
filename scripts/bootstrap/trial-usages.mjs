/** Usage of the commands that put a system of their own under load or faults. */
export const trialUsages = {
  chaos: `Usage: npm run chaos -- [--runs N] [--seconds N] [--pages N] [--seed S] [--log FILE]
       npm run chaos -- --cluster [--short | --only FAULT,...] [--redis cluster] [--runs N] [--pages N] [--seed S]
                            [--log FILE]

  Opens pages with a live seat map on two API processes while buyers compete for the seats. Meanwhile Redis, its
  connections, an API process, the pages' sockets and their lines fail. At the end every map must equal the database, no
  stream may have a gap, memory must stay flat, and every kind of fault must have happened. Exit status 1 on any breach.

  --runs     number of runs, each with the next seed; default: 1
  --seconds  length of a run; default: 60
  --pages    number of pages; default: 200
  --seed     repeats the random choices of a run, but not its timing
  --log      writes the logs of the servers to FILE

  With --cluster, the buyers and pages are at the cluster of npm run cluster, where one node or connection after the
  other fails. No confirmation may be lost and no seat sold twice, every page must be right within 2 s of each recovery,
  and errors must end within 15 s. Prints how long each takeover took (docs/cluster.md).

  --short    only kills the primary, the Redis master and an API process
  --redis    cluster: a Redis Cluster instead of a master with a replica and sentinels
  --only     only these faults: primary-killed, redis-master-killed, api-killed, zone-lost, old-primary-resumed,
             old-primary-restarted, ordered-read-only, server-read-only, disk-nearly-full, disk-full,
             balancer-restarted, database-balancer-restarted, api-partitioned, standby-killed, standby-lags,
             redis-master-hangs, clock-skewed`,

  adversary: `Usage: npm run adversary -- [--minutes N] [--seed S] [--no-keep]
       npm run adversary -- --case FILE

  Sends hostile documents, variables, frames, handshakes and bodies to an API process with a heap of 512 MiB, while
  honest clients hold and watch seats. The process must survive, and use at most 100 ms of CPU in a turn of the event
  loop. Memory must be released, responses must stay small, and honest clients must be served. Exit status 1 on any
  finding.

  --minutes  duration; default: 1
  --seed     repeats the attacks of a run, but not its timing
  --no-keep  only prints findings; by default their minimal cases are stored in test/adversary/cases and rerun first
  --case     runs only this stored case`,

  torture: `Usage: npm run torture -- [--minutes N] [--seed S] [--round-seconds N] [--clients N] [--no-faults]
       [--cluster] [--log FILE]

  Random buyers compete for the seats of small halls on two API processes. Meanwhile processes are killed and frozen,
  connections are cut, and PostgreSQL and Redis crash. Then a checker compares every response with the change record.
  Exit status 1 on any breach.

  --minutes        duration; default: 1
  --seed           repeats the random choices from a round on; each round prints its seed
  --round-seconds  length of a round; default: 30
  --clients        number of buyers; default: 40
  --no-faults      turns all faults off
  --cluster        on the cluster of npm run cluster, whose nodes fail one after the other, as in chaos
  --log            writes the logs of the servers to FILE`,

  rehearse: `Usage: npm run rehearse -- INCIDENT

  Starts a system with traffic and a Prometheus with the alert rules, causes the incident, prints what the operator sees
  and when each alert fires, repairs it as docs/operations.md says, and shows that it is over. Takes up to five minutes.
  Exit status 1 if an alert is missing, the incident does not end, a request is lost or the audit finds something.

  INCIDENT    holds-are-slow, stale-map or node-drains
  PROMETHEUS  the program; default: prometheus in PATH`,

  bench: `Usage: npm run bench -- [--only NAME]... [--pairs N] [--seconds N] [--profile FOLDER] [--write]
       npm run bench -- --compare REVISION [--pairs N] [--seconds N]

  Runs the contenders of each benchmark in turn on its own services, and prints Markdown tables of medians. The tables
  of each benchmark that finishes replace those in docs/benchmarks.md, except with --pairs, --seconds or --profile.

  --only     runs one benchmark: distinct-64, distinct-256, distinct-1000, zipf, same-seat, http, event-list, limits,
             expiry, fan-out, seat-map, map, idle, waiting-room, booking-queue,
             partitions, nodes, replica, pubsub or blocks
  --pairs    number of repetitions; default: 5, of nodes, replica, pubsub, map, waiting-room and expiry 3, of blocks 2
  --seconds  length of one measurement; default: 2
  --profile  writes a CPU profile of each server process to FOLDER, for Chromium's developer tools
  --write    writes the tables in any case
  --compare  checks REVISION out into a temporary folder, and prints the ratios of this tree to it: holds in process
             and over HTTP, and requests whose resolver is idle. The working tree must have no changes`,

  loadtest: `Usage: npm run loadtest -- NAME [--buyers N] [--rate N] [--seconds N] [--watchers N] [--out FOLDER]
       npm run loadtest -- --ci
       BASE_URL=URL npm run loadtest -- NAME [--event ID] [--yes-load-this-server]

  Runs a k6 script against a server of its own, compares all live maps with the database, audits, and writes a report.
  Exit status 0: every check holds; 99: a threshold is breached, the audit found something or a map is wrong; 1: the
  run failed.

  NAME       same-seat, hold-storm, checkout, fan-out, soak, or arena-attack, which needs no k6 (docs/load-tests.md)
  --buyers   number of buyers; in same-seat, each tries once
  --rate     arrivals per second
  --seconds  duration of the load, in hold-storm of each of its two storms
  --watchers number of sockets that watch the map
  --out      folder for the reports; default: loadtest/reports
  --ci       runs a small version of every scenario, without limits on latency

  BASE_URL   loads a deployment instead. Its event on sale is the next one, or that of --event. With DATABASE_URL and
             REDIS_URL, it is audited as well. A server on another machine needs --yes-load-this-server.
  K6         the k6 program; default: k6 in PATH or in Go's bin folder, else it is built once with Go,
             except with --ci`,

  'simulate-bots': `Usage: npm run simulate-bots [-- --half HALF] [--sales N] [--buyers N] [--seed S] [--out FOLDER]

  Plays sales in simulated time, with buyers and four kinds of bots, once with the rules against probing and once
  without them. Prints what the rules find and what bots get, and writes it to bots.md and bots.json. Exit status 99
  if a goal is missed (docs/load-tests.md).

  --half    held-out or training: the bots that the figures are of, or those on which the rules are tuned;
            default: held-out
  --sales   number of sales; default: 84
  --buyers  buyers who come to each sale; default: 2500
  --seed    repeats a run; default: 1
  --unrest  factor of the shares of buyers who click frantically, change their mind, or do not pay; default: 1
  --takeover-delay  seats of expired holds come free after a random delay
  --out     folder for the report; default: loadtest/reports`,
};
