import { short, table, whole } from '../../bench/markdown.ts';
import type { Costs, Input } from '../inputs.ts';
import type { Comparison } from '../model/check-load-tests.ts';
import { toCommandCost } from '../model/commands.ts';
import { toLoads } from '../model/load.ts';
import { planSale, toGigabits } from '../model/plan.ts';
import { readLimitCost } from '../model/usage.ts';
import { toCommand } from '../sale/sale.ts';
import type { Size, Sized } from '../sizes.ts';
import { formatMinutes } from './sale-report.ts';

const GIB = 2 ** 30;

/** Returns what one person costs, as Markdown. */
export function renderUnits(costs: Costs): string {
  const limit = readLimitCost(costs);
  const join =
    costs.sessionApiMicros +
    costs.requestMicros +
    costs.joinNodeMicros +
    costs.waiterConnectMicros +
    3 * limit.apiMicros;
  const admission = costs.requestMicros + costs.mapApiMicros + costs.connectMicros + 2 * limit.apiMicros;
  const commands = [2, 128].map((size) => {
    const { apiMicros, postgresMicros, redisMicros, walBytes } = toCommandCost(costs, size);
    const total = ({ hold, end }: { readonly hold: number; readonly end: number }) => whole(hold + end);
    return [
      `hold and confirm, in batches of ${size}`,
      `${total(apiMicros)} µs`,
      `${total(postgresMicros)} µs`,
      `${total(redisMicros)} µs`,
      '–',
      `${total(walBytes)} B of write-ahead log`,
    ];
  });
  const kib = (bytes: number) => `${short(bytes / 1_024)} KiB`;
  return table(
    ['one', 'API CPU', 'PostgreSQL CPU', 'Redis CPU', 'API memory', 'bytes'],
    [
      [
        'visit of an event page',
        `${whole(costs.pageApiMicros + limit.apiMicros)} µs`,
        `${whole(costs.pagePostgresMicros)} µs`,
        `${whole(limit.redisMicros)} µs`,
        '–',
        `${whole(costs.pageBytes)} B`,
      ],
      [
        'join: session, place, socket',
        `${whole(join)} µs`,
        `${short(costs.joinPostgresMicros)} µs`,
        `${whole(costs.joinRedisMicros + 3 * limit.redisMicros)} µs`,
        '–',
        `${whole(costs.placeBytes)} B of Redis`,
      ],
      [
        'second of waiting',
        `${short(costs.waiterMicros)} µs`,
        '–',
        '–',
        kib(costs.waiterBytes),
        `${whole(costs.updateBytes)} B`,
      ],
      [
        'request for a number after the draw',
        `${whole(costs.requestMicros + costs.joinNodeMicros + limit.apiMicros)} µs`,
        '–',
        `${whole(costs.joinRedisMicros + limit.redisMicros)} µs`,
        '–',
        '–',
      ],
      [
        'admission: claim, map, socket',
        `${whole(admission)} µs`,
        `${whole(costs.pagePostgresMicros)} µs`,
        `${whole(costs.joinRedisMicros + 2 * limit.redisMicros)} µs`,
        '–',
        `${short(costs.mapBytes / 1_000)} kB for ${whole(costs.mapSeats)} seats`,
      ],
      [
        'second of a live map, without changes',
        `${short(costs.watcherIdleMicros)} µs`,
        '–',
        '–',
        kib(costs.watcherBytes),
        '–',
      ],
      [
        'message of 2 seats to a live map',
        `${short(costs.frameMicros2Seats)} µs`,
        '–',
        '–',
        '–',
        `${whole(costs.frameBytes2Seats)} B`,
      ],
      ...commands,
      [
        'second of an API process',
        '–',
        `${whole(costs.pollPostgresMicros)} µs`,
        '–',
        `${whole(costs.processBytes / 2 ** 20)} MiB`,
        `${whole(costs.databaseConnectionsPerProcess)} connections to PostgreSQL`,
      ],
    ],
  );
}

/** Returns what the examples need, side by side, as Markdown. */
export function renderSizes(sizes: readonly (Size & { readonly sized: Sized })[]): string {
  const row = (name: string, read: (sized: Sized) => string) => [
    name,
    ...sizes.map(({ sized }) => read(sized)),
  ];
  const nth = (n: number) => (sized: Sized) => {
    const limit = sized.limits[n];
    return limit === undefined ? '–' : `${limit.name}: ${short(limit.needed)}`;
  };
  const body = table(
    ['', ...sizes.map(({ name }) => name)],
    [
      row('people', ({ sale }) => whole(sale.arrivals)),
      row('events × seats', ({ sale }) => `${whole(sale.events)} × ${whole(sale.seatsPerEvent)}`),
      row('called per minute and event', ({ result }) => whole(result.pace.perMinute)),
      row('sold out after', ({ result }) =>
        result.soldOutAfter ? formatMinutes(result.soldOutAfter.last) : 'seats are left',
      ),
      row('sockets', ({ plan }) => whole(plan.sockets.value)),
      row('API processes, a core each', ({ plan }) => whole(plan.processes)),
      row('of them for sockets alone', ({ plan }) =>
        plan.socketProcesses === 0 ? 'none' : whole(plan.socketProcesses),
      ),
      row('API memory', ({ plan }) => `${short(plan.apiBytes / GIB)} GiB`),
      row('balancers', ({ plan }) => whole(plan.balancers)),
      row('balancer cores, at 60 %', ({ plan, sale }) => short(plan.balancerCores.value / sale.utilization)),
      row('bandwidth', ({ plan }) => `${short(toGigabits(plan.outBytes.value))} Gbit/s`),
      row('PostgreSQL cores, at 60 %', ({ plan, sale }) =>
        short(plan.postgresCores.value / sale.utilization),
      ),
      row('`max_connections`', ({ plan }) => whole(plan.postgresConnections)),
      row('write-ahead log', ({ plan }) => `${short(plan.walBytes.value / 1e6)} MB/s`),
      row('Redis masters', ({ plan }) => whole(plan.redisMasters)),
      row('commands/s of one event', ({ plan }) => whole(plan.busiestEvent.value)),
      row('first bottleneck', nth(0)),
      row('second', nth(1)),
      row('third', nth(2)),
      row('fourth', nth(3)),
    ],
  );
  const commands = sizes.map(({ name, sale }) => `${toCommand(sale)}  # ${name}`);
  return `${body}\n\n\`\`\`sh\n${commands.join('\n')}\n\`\`\``;
}

const TICKS = [100, 500, 1_000, 2_000, 5_000];

/** Returns what a longer tick saves in a sale, as Markdown. */
export function renderTicks({ sale, result }: Sized, costs: Costs): string {
  const rows = TICKS.map((tickMs) => {
    const { busiestApi, outBytes, processes, apiCores } = planSale(
      toLoads(result.series, { ...sale, tickMs }),
      sale,
      costs,
    );
    return [
      `${whole(tickMs)} ms`,
      short(busiestApi.frames),
      short(busiestApi.apiCores.liveMaps),
      short(apiCores.value),
      whole(processes),
      `${short(toGigabits(outBytes.value))} Gbit/s`,
    ];
  });
  return table(
    [
      '`FEED_TICK_MS`',
      'messages/s to each map',
      'cores for live maps',
      'API cores, busy',
      'processes',
      'bandwidth',
    ],
    rows,
  );
}

const DRAW_SECONDS = [1, 10, 30, 60];

/** Returns what the requests for numbers after a draw need if clients spread them over different times, as Markdown. */
export function renderDraws({ result }: Sized, costs: Costs): string {
  const limit = readLimitCost(costs);
  const asking = result.series.of.draws.reduce((sum, value) => sum + value, 0);
  const largest = (asking * result.lobby.largest) / Math.max(1, result.lobby.all);
  const rows = DRAW_SECONDS.map((seconds) => {
    const rate = asking / seconds;
    const redis = costs.joinRedisMicros + limit.redisMicros;
    const api = costs.requestMicros + costs.joinNodeMicros + limit.apiMicros;
    return [
      `${seconds} s`,
      `${whole(rate)}/s`,
      short((rate * api) / 1e6),
      short((rate * redis) / 1e6),
      short(((largest / seconds) * redis) / 1e6),
    ];
  });
  return table(['spread over', 'requests', 'API cores', 'Redis cores', 'of the most popular event'], rows);
}

/** Returns the model beside the load tests, as Markdown. */
export function renderCheck(comparisons: readonly Comparison[]): string {
  const compare = ({ model, measured }: { readonly model: number; readonly measured: number }) => [
    `${short(model)} s`,
    `${short(measured)} s`,
    `${short(measured / model)}×`,
  ];
  return table(
    ['load test', 'API: model', 'measured', 'ratio', 'PostgreSQL: model', 'measured', 'ratio'],
    comparisons.map(({ scenario, apiSeconds, postgresSeconds }) => [
      `\`npm run loadtest -- ${scenario}\``,
      ...compare(apiSeconds),
      ...compare(postgresSeconds),
    ]),
  );
}

/** Returns every input with its value and the command that measures it, as Markdown. */
export function renderInputs(inputs: Readonly<Record<string, Input>>): string {
  const sources = new Map<string, string>();
  for (const { source, machine } of Object.values(inputs))
    if (machine !== undefined) sources.set(source, machine);
  return [
    table(
      ['input', 'value', 'source'],
      Object.entries(inputs).map(([name, { meaning, value, unit, source }]) => [
        `\`${name}\`: ${meaning}`,
        `${short(value)} ${unit}`,
        `\`${source}\``,
      ]),
    ),
    table(
      ['command', 'machine and size of the run'],
      [...sources].map(([source, machine]) => [`\`${source}\``, machine]),
    ),
  ].join('\n\n');
}
