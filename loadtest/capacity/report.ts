import { short, table, whole } from '../bench/markdown.ts';
import { demandNames, demandOptions, toOption, type Demand } from './demand.ts';
import { capacityInputs, toCosts, type Input } from './inputs.ts';
import { findLimits } from './limits.ts';
import { planCapacity, toGigabits, type Plan } from './model.ts';

const GIB = 2 ** 30;

/** What a plan would need as well, for which there is no figure yet. */
const unknown: readonly (readonly [what: string, reason: string])[] = [
  ['CPU of a balancer per connection, and of TLS', 'no figure yet'],
  ['memory of the kernel per socket', 'no figure yet; not part of the memory above'],
  ['disks of PostgreSQL', 'no figure yet; the write-ahead log is above'],
  ['latency under this load', 'no figure yet; the load tests measure one machine'],
];

/** Returns the plan for a demand as Markdown: demand, needs, and what breaks first. */
export function renderPlan(demand: Demand): string {
  const costs = toCosts();
  const plan = planCapacity(demand, costs);
  return [
    renderDemand(demand, plan),
    table(['needs', 'amount', 'because'], listNeeds(demand, plan)),
    `The deployment in \`deploy/\` has one of each of these. They end in this order if the number of users grows and their
behavior stays the same:`,
    table(
      ['what ends', 'at users', 'used', 'what helps'],
      findLimits(demand, costs).map(({ name, users, used, next }) => [
        name,
        Number.isFinite(users) ? whole(users) : 'never',
        `${short(used * 100)} %`,
        next,
      ]),
    ),
  ].join('\n\n');
}

/** Returns what one user of each kind costs, as Markdown. */
export function renderUnits(): string {
  const costs = toCosts();
  const rows = [
    [
      'a watcher, idle',
      `${short(costs.watcherIdleMicros)} µs/s`,
      '–',
      `${short(costs.watcherBytes / 1024)} KiB`,
      '1 WebSocket',
      'a ping every 12 s',
    ],
    [
      'a watcher, per frame of 2 seats',
      `${short(costs.frameMicros2Seats)} µs`,
      '–',
      '–',
      '–',
      `${whole(costs.frameBytes2Seats)} B`,
    ],
    [
      'an arrival: page, map and socket',
      `${whole(costs.pageApiMicros + costs.mapApiMicros + costs.connectMicros)} µs`,
      `${whole(costs.pagePostgresMicros)} µs`,
      '–',
      '–',
      `${short((costs.pageBytes + costs.mapBytes) / 1_000)} kB`,
    ],
    [
      'a buyer: session, hold and confirmation, each alone',
      `${whole(costs.sessionApiMicros + costs.holdApiMicrosAlone + costs.confirmApiMicrosAlone)} µs`,
      `${whole(costs.sessionPostgresMicros + costs.holdPostgresMicrosAlone + costs.confirmPostgresMicrosAlone)} µs`,
      '–',
      '1 WebSocket',
      `${short((costs.holdWalBytesAlone + costs.confirmWalBytesAlone) / 1_000)} kB of WAL`,
    ],
    [
      `a buyer, in batches of ${whole(costs.batchedSize)}`,
      `${whole(costs.sessionApiMicros + costs.holdApiMicrosBatched + costs.confirmApiMicrosBatched)} µs`,
      `${whole(costs.sessionPostgresMicros + costs.holdPostgresMicrosBatched + costs.confirmPostgresMicrosBatched)} µs`,
      '–',
      '1 WebSocket',
      `${short((costs.holdWalBytesBatched + costs.confirmWalBytesBatched) / 1_000)} kB of WAL`,
    ],
    [
      'a waiter, with an update each second',
      `${short(costs.waiterMicros)} µs/s`,
      '–',
      `${short(costs.waiterBytes / 1024)} KiB`,
      '1 WebSocket',
      `${whole(costs.updateBytes)} B/s; ${whole(costs.placeBytes)} B of Redis`,
    ],
    [
      'a waiter arrives: page, session, place and socket',
      `${whole(costs.pageApiMicros + costs.sessionApiMicros + costs.joinApiMicros + costs.waiterConnectMicros)} µs`,
      `${whole(costs.pagePostgresMicros + costs.sessionPostgresMicros + costs.joinPostgresMicros)} µs`,
      '–',
      '–',
      `${whole(costs.pageBytes)} B`,
    ],
    [
      'an API process',
      '–',
      `${short(costs.pollPostgresMicros)} µs/s`,
      `${whole(costs.processBytes / 2 ** 20)} MiB`,
      `${costs.databaseConnectionsPerProcess} of PostgreSQL`,
      '–',
    ],
  ];
  return table(['unit', 'API CPU', 'PostgreSQL CPU', 'API memory', 'connections', 'bytes'], rows);
}

/** Returns every input with its value and source, as Markdown. */
export function renderInputs(): string {
  const rows = Object.entries(capacityInputs as Readonly<Record<string, Input>>).map(([name, input]) => [
    `\`${name}\`: ${input.meaning}`,
    `${short(input.value)} ${input.unit}`,
    [`\`${input.source}\``, ...(input.benchmark ? [`also \`${input.benchmark}\``] : [])].join(', '),
  ]);
  const machines = new Set(Object.values(capacityInputs).flatMap(({ machine }) => machine ?? []));
  return [`Measured on: ${[...machines].join('; ')}.`, table(['input', 'value', 'source'], rows)].join(
    '\n\n',
  );
}

export function renderUnknown(): string {
  return table(['not in the plan', 'state'], unknown);
}

function renderDemand(demand: Demand, plan: Plan): string {
  const options = demandNames
    .filter((name) => demand[name] !== demandOptions[name].default)
    .map((name) => ` --${toOption(name)} ${demand[name]}`);
  const command = `npm run capacity${options.length > 0 ? ` --${options.join('')}` : ''}`;
  return `${whole(demand.users)} users of ${whole(demand.events)} event(s): ${whole(plan.waiters)} wait, ${whole(plan.watchers)} watch, ${whole(plan.buyers)} buy.
${whole(plan.holds)} holds/s become ${whole(plan.confirms)} bookings/s, and everything is sold after ${formatTime(plan.soldOutAfterSeconds)}. (\`${command}\`)`;
}

function listNeeds(demand: Demand, plan: Plan): string[][] {
  const { apiCores: api } = plan;
  const percent = `${Math.round(demand.utilization * 100)} %`;
  return [
    [
      'API processes, a core each',
      whole(plan.processes),
      `${plan.processesBy}: ${whole(plan.connections)} sockets; busy cores: ${short(api.idle)} idle sockets, ${short(api.frames)} frames, ${short(api.arrivals)} arrivals, ${short(api.commands)} commands, ${short(api.waiters)} waiters; planned at ${percent}`,
    ],
    ['API memory', `${short(plan.apiMemoryBytes / GIB)} GiB`, 'sockets and processes, without the kernel'],
    [
      'frames to each socket',
      `${short(plan.frames)}/s`,
      `${short(plan.eventCommands)} commands/s of one event, a tick of ${demand.tickMs} ms; ${whole(plan.frameBytes)} B each`,
    ],
    [
      'bandwidth to users',
      `${short(toGigabits(plan.outBytes.frames + plan.outBytes.arrivals + plan.outBytes.waiters))} Gbit/s`,
      `${short(toGigabits(plan.outBytes.frames))} frames, ${short(toGigabits(plan.outBytes.arrivals))} pages and maps of ${whole(plan.arrivals)} arrivals/s, ${short(toGigabits(plan.outBytes.waiters))} updates and pages of waiters`,
    ],
    [
      'balancers',
      whole(plan.balancers),
      `connections as configured, and ${demand.gigabits} Gbit/s each, planned at ${percent}`,
    ],
    [
      'PostgreSQL cores, busy',
      short(plan.postgresCores),
      `${short(plan.commandsPerBatch)} command(s) per batch; polls of ${whole(plan.processes)} processes`,
    ],
    ['PostgreSQL connections', whole(plan.postgresConnections), 'all pools full, one worker'],
    ['write-ahead log', `${short(plan.walBytes / 1e6)} MB/s`, 'also the traffic to each replica'],
    [
      'Redis cores, busy',
      short(plan.redisCores),
      `${short(plan.batches)} messages/s, each to every process with a watcher of its event; one server uses one core`,
    ],
    ['Redis traffic', `${short(toGigabits(plan.redisBytes))} Gbit/s`, 'messages to API processes'],
    ['Redis memory', `${short(plan.placeBytes / GIB)} GiB`, `places of ${whole(plan.waiters)} waiters`],
  ];
}

function formatTime(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'no time at all: nobody buys';
  if (seconds < 120) return `${short(seconds)} s`;
  return seconds < 7_200 ? `${short(seconds / 60)} min` : `${short(seconds / 3_600)} h`;
}
