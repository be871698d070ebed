import { short, table, whole } from '../../bench/markdown.ts';
import type { LagInterval } from './event-loop-lag.ts';
import { sum, type KindResult, type SaleSecond, type Waits } from './sale-results.ts';

/** What the report of an on-sale states besides that of every run. */
export interface OnsaleReport {
  readonly people: number;
  readonly seats: number;
  readonly lobbySize: number;
  readonly lateArrivals: number;
  /** Numbers that were recomputed from the published proof. */
  readonly numbersCompared: number;
  readonly earlyClaims: Readonly<Record<string, number>>;
  readonly kinds: readonly KindResult[];
  readonly waits: Waits;
  readonly soldOutAfterSeconds: number | null;
  readonly seconds: readonly SaleSecond[];
  readonly socketsPeak: number;
  /** Growth of the first API process, divided by its sockets. */
  readonly memoryPerSocketKib: number;
  readonly roomMessages: number;
  /** The event loop of each API process, by interval. The figures contain the timer's resolution of 10 ms. */
  readonly eventLoop: readonly LagInterval[];
}

/** Formats the sections of an on-sale as Markdown. */
export function formatOnsale(sale: OnsaleReport, plot: string): string {
  return [
    '## Who got seats',
    formatKinds(sale),
    '## Refusals and outcomes',
    formatOutcomes(sale),
    '## Admissions',
    formatAdmissions(sale),
    `![Admissions over time](${plot})`,
    '## Event loop',
    formatEventLoop(sale),
  ].join('\n\n');
}

function formatKinds({ kinds, seats }: OnsaleReport): string {
  const seatSeconds = sum(kinds.map(({ heldSeatSeconds }) => heldSeatSeconds));
  const share = (part: number, all: number) => `${all === 0 ? '0' : ((100 * part) / all).toFixed(1)} %`;
  const arrived = sum(kinds.map((kind) => kind.arrived));
  return table(
    ['kind', 'arrived', 'share', 'called', 'admitted', 'seats bought', 'share', 'held seat-seconds', 'share'],
    kinds.map((kind) => [
      kind.kind,
      whole(kind.arrived),
      share(kind.arrived, arrived),
      whole(kind.called),
      whole(kind.admitted),
      whole(kind.seatsBought),
      share(kind.seatsBought, seats),
      whole(kind.heldSeatSeconds),
      share(kind.heldSeatSeconds, seatSeconds),
    ]),
  );
}

function formatOutcomes({ kinds, earlyClaims }: OnsaleReport): string {
  const rows = kinds.flatMap(({ kind, outcomes }) =>
    Object.entries(outcomes).map(([outcome, count]) => [kind, outcome, whole(count)]),
  );
  const early = Object.entries(earlyClaims).map(([outcome, count]) => [
    'all bots',
    `claimAdmission in the lobby or queue ${outcome}`,
    whole(count),
  ]);
  return table(['kind', 'call and outcome', 'count'], [...rows, ...early]);
}

function formatAdmissions(sale: OnsaleReport): string {
  const { waits, people, lobbySize, lateArrivals, numbersCompared, soldOutAfterSeconds } = sale;
  const soldOut =
    soldOutAfterSeconds === null
      ? 'did not sell out'
      : `sold out ${short(soldOutAfterSeconds)} s after the sale began`;
  return [
    `${whole(people)} people arrived: ${whole(lobbySize)} before the sale began, ${whole(lateArrivals)} later. The hall ${soldOut}. ` +
      `${whole(numbersCompared)} numbers were recomputed from the published proof.`,
    table(
      ['seconds', 'p50', 'p95'],
      [
        ['wait, as measured', short(waits.measuredP50), short(waits.measuredP95)],
        ['wait, as estimated by the server', short(waits.estimatedP50), short(waits.estimatedP95)],
        ['difference', short(waits.errorP50), short(waits.errorP95)],
      ],
    ),
    'Waits are those of the people who were called, from the moment when they got their number.',
  ].join('\n\n');
}

function formatEventLoop({ eventLoop, socketsPeak, memoryPerSocketKib, roomMessages }: OnsaleReport): string {
  const processes = [...new Set(eventLoop.map(({ process }) => process))];
  const rows = processes.map((process) => {
    const own = eventLoop.filter((interval) => interval.process === process).map(({ p99Ms }) => p99Ms);
    const ascending = own.toSorted((a, b) => a - b);
    return [
      `API ${process + 1}`,
      whole(own.length),
      short(ascending[own.length >> 1] ?? 0),
      short(ascending.at(-1) ?? 0),
    ];
  });
  const lag = table(['p99 lag in ms', 'intervals', 'median interval', 'worst interval'], rows);
  return `${lag}\n\nAn interval has 10 s. The lag contains the resolution of its timer, 10 ms. At most ${whole(socketsPeak)} sockets waited, for ${short(memoryPerSocketKib)} KiB of resident memory each, and received ${whole(roomMessages)} messages.`;
}
