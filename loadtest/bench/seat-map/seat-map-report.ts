import { listGoals, ratioAndSpread, short, table, whole } from '../markdown.ts';
import { median, medians, ratesTo } from '../measure.ts';
import type { SeatMapFigures, SeatMapRuns } from './seat-map-contenders.ts';

const TO_BUFFER_MIN = 0.6;
/** 32 KB. */
const BYTES_MAX = 32_768;

export function seatMapReport(runs: SeatMapRuns, gzipBytes: number): string {
  const of = (figures: readonly SeatMapFigures[], name: keyof SeatMapFigures) =>
    median(figures.map((run) => run[name]));
  const againstBare = (label: string, ours: readonly SeatMapFigures[], bare: readonly SeatMapFigures[]) => [
    label,
    whole(of(bare, 'perSecond')),
    whole(of(ours, 'perSecond')),
    ratioAndSpread(ratesTo(ours, bare)),
    short(of(bare, 'serverMicros')),
    short(of(ours, 'serverMicros')),
    short(of(ours, 'p50Ms')),
    short(of(ours, 'p99Ms')),
    whole(of(ours, 'bytes')),
  ];
  const againstList = (label: string, ours: readonly SeatMapFigures[]) => [
    label,
    short(of(ours, 'perSecond')),
    ratioAndSpread(ratesTo(ours, runs.list)),
    short(of(ours, 'serverMicros')),
    short(medians(ours).postgresMicros),
    whole(of(ours, 'bytes')),
  ];
  const ceiling = table(
    [
      'GET …/seat-map',
      'bare/s',
      'Sellout/s',
      'to bare',
      'bare µs per response',
      'µs per response',
      'p50 ms',
      'p99 ms',
      'bytes',
    ],
    [
      againstBare('uncompressed', runs.plain, runs.bare),
      againstBare('br', runs.br, runs.bareBr),
      againstBare('304', runs.unchanged, runs.bareUnchanged),
      againstBare('uncompressed, ten changes per s', runs.changing, runs.bare),
    ],
  );
  const lists = table(
    [
      'all 80,000 seats',
      'responses/s',
      'to the list',
      'server µs per response',
      'PostgreSQL µs per response',
      'bytes',
    ],
    [
      againstList('stock Yoga, a list, read with Prisma', runs.list),
      againstList('stock Yoga, a list, in memory', runs.listInMemory),
      againstList('Sellout, event.seatMap', runs.graphql),
      againstList('Sellout, GET …/seat-map', runs.plain),
    ],
  );
  const toBuffer = ratesTo(runs.plain, runs.bare);
  const bytes = of(runs.plain, 'bytes');
  const goals = listGoals([
    {
      goal: `at least ${TO_BUFFER_MIN} times the rate of a prepared buffer, uncompressed`,
      measured: ratioAndSpread(toBuffer),
      isMet: median(toBuffer) >= TO_BUFFER_MIN,
    },
    {
      goal: `at most ${whole(BYTES_MAX)} bytes uncompressed`,
      measured: whole(bytes),
      isMet: bytes <= BYTES_MAX,
    },
  ]);
  return `${ceiling}\n\nWith gzip the response is ${whole(gzipBytes)} bytes.\n\n${lists}\n\n${goals}`;
}
