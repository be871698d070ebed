// Usage of each command of package.json. `npm run NAME -- --help` prints it before anything is installed or started, and a
// command that is called with a wrong argument prints it with the error.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { databaseUsages } from './database-usages.mjs';
import { operatorUsages } from './operator-usages.mjs';
import { trialUsages } from './trial-usages.mjs';

const usages = {
  ...databaseUsages,
  ...operatorUsages,
  ...trialUsages,

  start: `Usage: npm start

  Starts PostgreSQL, Redis, the worker and the API, applies migrations and seeds the examples. Ctrl-C stops
  everything. The command takes no arguments. Settings are environment variables or lines of .env, such as PORT=4001
  (docs/configuration.md).`,

  cluster: `Usage: npm run cluster [-- --redis sentinel|cluster --sockets N --port N --data FOLDER]
       npm run cluster -- status|kill|pause|resume|heal [NODE] [--data FOLDER]

  Starts many nodes on this machine, seeded: three API processes and two workers, PostgreSQL with two synchronous
  standbys, Redis with a replica and three sentinels, and HAProxy in front (docs/cluster.md). Ctrl-C stops everything.

  --redis      sentinel (default), or cluster: a Redis Cluster of three masters and three replicas
  --sockets N  1 or 2 more API processes for subscriptions; the others then serve the rest
  status       prints the state of every node
  kill NODE    kills a node, as a power failure would: api-2, redis-1, primary
  pause NODE   freezes a node: its connections stay open, and nothing is answered
  resume NODE  lets a paused node go on as if nothing had happened
  heal [NODE]  makes a node work again; without NODE, all of them
  --port N     port of the cluster (default: 4100); the nodes use the 59 after it
  --data       folder for its data (default: .data-cluster)`,

  test: `Usage: npm test [-- FILE...] [-t NAME]

  Runs all tests on their own PostgreSQL and Redis. Other services are not touched.

  FILE  part of a path, such as test/unit: runs only these files
  -t    runs only tests whose name contains NAME

  Any other argument goes to Vitest. After npm start or npm test, npx vitest --help lists them.`,

  'test:long': `Usage: npm run test:long

  Runs the tests that take longest, which npm test leaves out: the files *.long.test.ts. npm test -- FILE runs one of
  them. The command takes some minutes.`,

  check: `Usage: npm run check

  Runs types, lint, format:check, check:unused, check:docs, check:files, check:mutants, check:licenses, check:schema,
  check:changesets, schema -- --check and db:diff in turn, and stops at the first one that fails.`,

  docs: `Usage: npm run docs [-- --check]

  Generates docs/configuration.md, docs/seat-map.svg, docs/on-sale.svg, .env.example and the tables of docs/scaling.md,
  and copies the code of the examples into Markdown pages.

  --check  the same as npm run check:docs`,

  'check:docs': `Usage: npm run check:docs

  Reports outdated generated documentation, broken references in Markdown pages, and commands of README.md that CI does
  not know how to run, with exit status 1. npm run docs writes the generated files.`,

  'check:readme': `Usage: npm run check:readme

  Runs every command of README.md in its shortest form (scripts/check/readme/short-forms.ts), beside an npm start with
  a data folder and ports of its own. CI does; it takes some minutes. Exit status 1 if one fails.`,

  'check:python': `Usage: npm run check:python

  Runs the Python example of docs/api.md against a server of its own. Needs Python 3.11 or newer, and PyPI, from which
  it installs the packages into a temporary folder.`,

  'relay-artifacts': `Usage: npm run relay-artifacts

  Compiles the GraphQL operations for the Relay example with Relay's compiler, which npx downloads. Run it when a test
  reports that docs/examples/relay is out of date.`,

  'check:unused': `Usage: npm run check:unused

  Reports unused files, exports and dependencies, with exit status 1. Any argument goes to knip.`,

  'check:files': `Usage: npm run check:files

  Checks every file that git tracks for paths of one machine, names of package registries, timers in tests, too many
  lines, and phrases that have a plainer form. Checks folders for too many files. Exit status 1 on any finding.`,

  'export-lobby': `Usage: npm run -s export-lobby -- --event ID

  Prints the lobby of an event as it was drawn, for publication: one "join index,hashed buyer ID" per line.`,

  'verify-draw': `Usage: npm run verify-draw -- --proof FILE [--lobby FILE --event ID]

  Recomputes the draw of a waiting room from its published proof (docs/onsale.md). Exit status 1 if it does not match.

  --proof  Event.waitingRoomProof as JSON, with all fields
  --lobby  the lobby that the organizer published, with the ID of the event`,

  format: `Usage: npm run format

  Formats all files with Prettier. Any argument goes to Prettier.`,

  'format:check': `Usage: npm run format:check

  Reports files that npm run format would change, with exit status 1. Any argument goes to Prettier.`,

  lint: `Usage: npm run lint

  Lints all files, import directions included. Any argument goes to oxlint.`,

  types: `Usage: npm run types

  Checks the types of the server, the scripts and the tests, and those of seat-feed.`,

  reset: `Usage: npm run reset

  Empties the data folder (SELLOUT_DATA_DIR). The next npm start creates a new database. The services of DATABASE_URL
  and REDIS_URL are not changed.`,

  'build:web': `Usage: npm run build:web

  Builds the web shop into src/web/shop/dist, from where the API serves it. npm start does so if sources are newer.`,

  'import-plan': `Usage: npm run import-plan -- FILE [--organizer UUID] [--time-zone NAME]

  Creates a venue from a seating plan.

  FILE         a seating plan as JSON
  --organizer  the organizer who owns the venue; default: the organizer of the examples
  --time-zone  the IANA name of the hall's time zone; default: UTC`,

  capacity: `Usage: npm run capacity [-- --arrivals N] [--events N] [--seats-per-event N] [...] [--chart FILE]
       npm run capacity -- --measure

  Simulates an on-sale, computes what it needs from measured costs, and prints which resource ends first
  (docs/scaling.md).

  --arrivals         people who arrive; default: 10000000
  --events           events that go on sale at once; default: 50
  --seats-per-event  seats of one event; default: 60000
  --lobby-share      share of the people who arrive in the lobby; default: 0.7
  --late-minutes     mean minutes after which the others arrive; default: 5
  --sell-minutes     minutes in which all seats are offered once; default: 10
  --draw-seconds     seconds over which the lobby asks for its numbers; default: 60
  --watchers-share   share of the waiting who watch a live map; default: 0.05
  --tick-ms          FEED_TICK_MS; default: 100
  --database-cores   cores of the PostgreSQL server; default: 16
  --gigabits         network of one balancer in Gbit/s; default: 10
  --utilization      planned utilization of cores and networks; default: 0.6
  --seed             seed of the simulation; default: 1
  --chart            writes the sale as an SVG chart
  --measure          measures the inputs that no benchmark has on this machine, in three minutes, and stores them in
                     loadtest/capacity/inputs.json`,

  'check:changesets': `Usage: npm run check:changesets [-- --since COMMIT]

  Reports malformed changesets, with exit status 1.

  --since  also reports a change of src/, schema.graphql or the migrations since the branch left COMMIT, if the branch
           adds no changeset`,

  release: `Usage: npm run release

  Raises the versions by the changesets in .changeset, moves their texts to the changelogs, and makes schema.graphql
  the schema of the last release (CONTRIBUTING.md, Releases). The command takes no arguments.`,

  token: `Usage: npm run -s token -- --role organizer|buyer [--user UUID]

  Prints a token that the API accepts for 30 days.

  --role  role of the user
  --user  ID of the user; default: the organizer of the examples, or a new buyer`,

  mutants: `Usage: npm run mutants [-- [WORD] [--since COMMIT | --changed] [--minutes N] | --check]

  Runs the mutation tests: disables each guard (a lock, constraint, deadline or limit) in a copy of the repository, and
  expects a test to fail. Exit status 1 if a mutant survives.

  WORD       runs only mutants with the word in the name or file of their guard
  --since    runs only mutants whose guard, definition or tests changed since a commit, the latest changes first
  --changed  the same since the branch left origin/main, or, on main itself, since the last release (tag v*); without
             either commit, all mutants
  --minutes  starts no mutant later than this, and states how many were not run
  --check    runs no test; see npm run check:mutants`,

  'check:licenses': `Usage: npm run check:licenses [-- --list]

  Compares the license of every package in package-lock.json with the allowed ones. Exit status 1 on any other.

  --list  prints the packages by license`,

  'check:schema': `Usage: npm run check:schema

  Rejects changes of schema.graphql that break clients of the last release (releases/schema.graphql), unless they are
  noted in releases/breaking-changes.json.`,

  sbom: `Usage: npm run -s sbom

  Prints a CycloneDX bill of materials of the packages that npm ci --omit=dev installs.`,

  'check:mutants': `Usage: npm run check:mutants

  Compares the mutants with the comments "guard: NAME" in src and scripts, and applies each mutation in memory. Runs no
  test. Exit status 1 on any fault.`,

  screenshots: `Usage: npm run screenshots

  Makes the pictures of README.md in docs/, in a headless Chromium, from a server and temporary services of its own with
  the example events and made-up bookings.`,

  'warm-path': `Usage: npm run warm-path

  Prints the source files that one warm holdSeats runs through, from the request to the seat update of a watcher, as
  V8's coverage reports them. Runs on temporary services.`,

  generate: `Usage: npm run generate

  Generates the Prisma client in src/generated.`,

  schema: `Usage: npm run schema [-- --check]

  Writes schema.graphql, its introspection and possible-types.json from the code.

  --check  only reports outdated files, with exit status 1`,
};

/** Returns the usage of a command of package.json. */
export function getUsage(name) {
  const usage = usages[name];
  if (usage === undefined) throw new Error(`scripts/bootstrap/usages.mjs has no usage of ${name}`);
  return usage;
}

/**
 * Returns the usage to print if the arguments contain `--help` or `-h`, else null.
 *
 * @param {string} root
 * @param {string[]} command arguments of the bootstrap
 */
export function requestedUsage(root, command) {
  const end = command.indexOf('--');
  const options = end === -1 ? command : command.slice(0, end);
  if (!options.includes('--help') && !options.includes('-h')) return null;
  const name = findName(root, command);
  return name === null ? null : getUsage(name);
}

/** Returns the command of package.json with the longest match, because `docs` is a prefix of `check:docs`. */
function findName(root, command) {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const called = `node scripts/bootstrap.mjs ${command.join(' ')} `;
  const names = Object.keys(scripts).filter((name) => called.startsWith(`${scripts[name]} `));
  return names.sort((a, b) => scripts[b].length - scripts[a].length)[0] ?? null;
}
