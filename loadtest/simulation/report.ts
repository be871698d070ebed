import { table, whole } from '../bench/markdown.ts';
import type { Check } from '../run/report/verdict.ts';
import { botKinds } from './people/client.ts';
import type { Half } from './bots/variants.ts';
import { measures } from '../../src/traffic/probing/rules.ts';
import type { Rate, Score, Spread } from './score.ts';

/** Share of the time of all seats that hold-cyclers may have. */
const SEAT_TIME_MAX = 0.05;
/** Share of buyers who may meet a measure. */
const FALSE_POSITIVES_MAX = 0.001;

/** Everything that a report states. It is also the JSON report. */
export interface SimulationReport {
  readonly command: string;
  readonly half: Half;
  readonly seed: number;
  readonly withRules: Score;
  readonly withoutRules: Score;
  readonly checks: readonly Check[];
}

/** Compares the scores with the goals. */
export function judge({ bots, buyers }: Score): Check[] {
  const { seatTime } = bots['hold-cycler'];
  const { rate } = buyers.any;
  return [
    {
      what: `hold-cyclers have at most ${percent(SEAT_TIME_MAX)} of the time of all seats`,
      ok: seatTime <= SEAT_TIME_MAX,
      found: percent(seatTime),
    },
    {
      what: `at most ${percent(FALSE_POSITIVES_MAX)} of buyers are taken for bots`,
      ok: rate <= FALSE_POSITIVES_MAX,
      found: formatRate(buyers.any),
    },
  ];
}

export function formatReport(report: SimulationReport): string {
  const { command, half, seed, withRules, checks } = report;
  const failed = checks.filter(({ ok }) => !ok).length;
  return [
    '# Simulation of bots',
    `${whole(withRules.sales)} sales of half an hour with the ${half} bots, seed ${seed}: \`${command}\``,
    failed === 0
      ? '**Passed.** Both goals are met.'
      : `**Failed.** ${failed} of ${checks.length} goals are missed.`,
    table(
      ['goal', 'result', 'found'],
      checks.map(({ what, ok, found }) => [what, ok ? 'ok' : 'FAILED', found]),
    ),
    '## Bots',
    formatDetection(withRules),
    formatVariants(report),
    '## Seats',
    formatSeats(report),
    '## Buyers',
    formatBuyers(withRules),
    '',
  ].join('\n\n');
}

function formatDetection({ bots, precision }: Score): string {
  const rows = botKinds.map((kind) => {
    const { found, precision, identitySeconds, operatorSeconds, measures: met } = bots[kind];
    return [
      kind,
      whole(found.of),
      percent(found.rate),
      percent(precision),
      formatSpread(identitySeconds),
      formatSpread(operatorSeconds),
      ...measures.map((measure) => whole(met[measure])),
    ];
  });
  const header = [
    'kind',
    'identities',
    'recall',
    'precision',
    'identity found after',
    'operator found after',
    ...measures,
  ];
  return `${table(header, rows)}\n\nTimes are the median and the 90th percentile. Precision over all kinds: ${percent(precision)}.`;
}

function formatVariants({ withRules, withoutRules }: SimulationReport): string {
  const rows = withRules.variants.map(({ kind, name, found, seatTime }) => {
    const before = withoutRules.variants.find((other) => other.kind === kind && other.name === name);
    return [
      `${kind}: ${name}`,
      percent(found.rate),
      `${percent(before?.seatTime ?? 0)} → ${percent(seatTime)}`,
    ];
  });
  return table(['variant', 'recall', 'seat-time, without → with rules'], rows);
}

function formatSeats({ withRules, withoutRules }: SimulationReport): string {
  const rows = botKinds.map((kind) => {
    const [before, after] = [withoutRules.bots[kind], withRules.bots[kind]];
    return [
      kind,
      `${percent(before.seatTime)} → ${percent(after.seatTime)}`,
      `${percent(before.seatTimeWorst)} → ${percent(after.seatTimeWorst)}`,
      `${percent(before.unsoldTime)} → ${percent(after.unsoldTime)}`,
      `${percent(before.bookedSeats)} → ${percent(after.bookedSeats)}`,
    ];
  });
  const header = ['without → with rules', 'seat-time', 'worst sale', 'of unsold time', 'seats booked'];
  return table(header, rows);
}

function formatBuyers({ buyers }: Score): string {
  const rows = [
    ...measures.map((measure) => [measure, formatRate(buyers.measures[measure])]),
    ['any measure', formatRate(buyers.any)],
    ['any measure, of those who share an address', formatRate(buyers.sharing)],
  ];
  const reasons = buyers.reasons.map(({ why, buyers }) => [why, whole(buyers)]);
  const text = table(['buyers who met a measure', 'share (95 % confidence)'], rows);
  return reasons.length === 0
    ? text
    : `${text}\n\n${table(['measure, scope and reason', 'buyers'], reasons)}`;
}

function formatSpread(spread: Spread | null): string {
  return spread === null ? '–' : `${whole(spread.median)} s, ${whole(spread.p90)} s`;
}

export function formatRate({ count, of, rate, from, to }: Rate): string {
  return `${whole(count)} of ${whole(of)}, ${percent(rate)} (${percent(from)}–${percent(to)})`;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(part < 0.01 ? 3 : 1)} %`;
}
