import { botKinds, type BotKind } from './people/client.ts';
import type { SaleResult } from './run-sale.ts';
import { measures, type Measure } from '../../src/traffic/probing/rules.ts';
import type { Trace } from './sale/sale.ts';

/** A count among a number of cases, with the limits of its 95 % confidence interval (Wilson). */
export interface Rate {
  readonly count: number;
  readonly of: number;
  readonly rate: number;
  readonly from: number;
  readonly to: number;
}

interface BuyerScore {
  /** Buyers who met each measure. A buyer can count for several. */
  readonly measures: Readonly<Record<Measure, Rate>>;
  readonly any: Rate;
  /** Why buyers met a measure, most frequent first. */
  readonly reasons: readonly { readonly why: string; readonly buyers: number }[];
  /** The same of buyers who share an address with others. */
  readonly sharing: Rate;
}

export interface Spread {
  readonly median: number;
  readonly p90: number;
}

interface BotScore {
  /** Identities that met a measure. */
  readonly found: Rate;
  readonly measures: Readonly<Record<Measure, number>>;
  /** Share of found identities, of this kind or buyers, that were of this kind. */
  readonly precision: number;
  /** Time from an identity's first hold to its first measure. Null if none was found. */
  readonly identitySeconds: Spread | null;
  /** Time from the first hold of all bots of the kind in a sale to the first measure against one. */
  readonly operatorSeconds: Spread | null;
  /** Mean of the sales: share of the time of all seats in which bots held or had booked them. */
  readonly seatTime: number;
  readonly seatTimeWorst: number;
  /** The same of the time in which seats were not booked. */
  readonly unsoldTime: number;
  /** Mean share of the seats that bots had booked at the end. */
  readonly bookedSeats: number;
}

/** One variant of bots. */
interface VariantScore {
  readonly kind: BotKind;
  readonly name: string;
  readonly found: Rate;
  readonly seatTime: number;
}

export interface Score {
  readonly sales: number;
  readonly buyers: BuyerScore;
  readonly bots: Readonly<Record<BotKind, BotScore>>;
  readonly variants: readonly VariantScore[];
  /** Share of all found identities that were bots. */
  readonly precision: number;
}

/** Adds up the results of sales. */
export function score(results: readonly SaleResult[]): Score {
  const traces = results.flatMap((result) => result.traces);
  const buyers = results.flatMap((result) => groupPeople(result.traces));
  const foundBuyers = traces.filter(({ client, measures }) => client.kind === 'buyer' && isAny(measures));
  const bots = Object.fromEntries(
    botKinds.map((kind) => [kind, scoreBots(kind, traces, foundBuyers.length, results)]),
  ) as Record<BotKind, BotScore>;
  const foundBots = Object.values(bots).reduce((sum, { found }) => sum + found.count, 0);
  return {
    sales: results.length,
    buyers: scoreBuyers(buyers),
    bots,
    variants: scoreVariants(results),
    precision: share(foundBots, foundBots + foundBuyers.length),
  };
}

type Measures = Trace['measures'];
interface Person {
  readonly measures: Measures;
  readonly sharesAddress: boolean;
}

/** Puts the identities of each buyer together. */
function groupPeople(traces: readonly Trace[]): Person[] {
  const people = new Map<string, Person>();
  for (const { client, measures } of traces) {
    if (client.kind !== 'buyer') continue;
    const before = people.get(client.person)?.measures ?? {};
    const sharesAddress = client.address.includes('shared');
    people.set(client.person, { measures: { ...before, ...measures }, sharesAddress });
  }
  return [...people.values()];
}

function scoreBuyers(people: readonly Person[]): BuyerScore {
  const sharing = people.filter(({ sharesAddress }) => sharesAddress);
  const count = (group: readonly Person[]) => group.filter(({ measures }) => isAny(measures)).length;
  return {
    measures: Object.fromEntries(
      measures.map((measure) => [
        measure,
        toRate(people.filter((person) => person.measures[measure] !== undefined).length, people.length),
      ]),
    ) as Record<Measure, Rate>,
    any: toRate(count(people), people.length),
    reasons: countReasons(people),
    sharing: toRate(count(sharing), sharing.length),
  };
}

function countReasons(people: readonly Person[]) {
  const counts = new Map<string, number>();
  for (const { measures } of people)
    for (const [measure, { why }] of Object.entries(measures)) {
      const text = `${measure}, ${why}`;
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  return [...counts]
    .map(([why, buyers]) => ({ why, buyers }))
    .sort((one, other) => other.buyers - one.buyers || one.why.localeCompare(other.why));
}

function scoreBots(
  kind: BotKind,
  traces: readonly Trace[],
  foundBuyers: number,
  results: readonly SaleResult[],
): BotScore {
  const bots = traces.filter(({ client }) => client.kind === kind);
  const found = bots.filter((bot) => isAny(bot.measures));
  const waits = found.map((bot) => getFirstMeasureMs(bot) - bot.firstHoldAtMs);
  const operatorWaits = results.flatMap((result) => {
    const own = result.traces.filter(({ client }) => client.kind === kind);
    const first = Math.min(...own.filter((bot) => isAny(bot.measures)).map(getFirstMeasureMs));
    return first === Infinity ? [] : first - Math.min(...own.map((bot) => bot.firstHoldAtMs));
  });
  const shares = results.map((result) => getSeatTime(result, kind));
  const each = (value: (result: SaleResult) => number) => mean(results.map(value));
  return {
    found: toRate(found.length, bots.length),
    measures: Object.fromEntries(
      measures.map((measure) => [measure, bots.filter((bot) => bot.measures[measure] !== undefined).length]),
    ) as Record<Measure, number>,
    precision: share(found.length, found.length + foundBuyers),
    identitySeconds: toSpread(waits),
    operatorSeconds: toSpread(operatorWaits),
    seatTime: mean(shares),
    seatTimeWorst: Math.max(0, ...shares),
    unsoldTime: each(({ seatTimes }) => share(seatTimes.heldMs[kind], seatTimes.unsoldMs)),
    bookedSeats: each(({ seatTimes, seatsTotal }) => share(seatTimes.bookedSeats[kind], seatsTotal)),
  };
}

function scoreVariants(results: readonly SaleResult[]): VariantScore[] {
  return botKinds.flatMap((kind) =>
    [...Map.groupBy(results, ({ variants }) => variants[kind])].map(([name, group]) => {
      const bots = group.flatMap(({ traces }) => traces.filter(({ client }) => client.kind === kind));
      const found = toRate(bots.filter((bot) => isAny(bot.measures)).length, bots.length);
      return { kind, name, found, seatTime: mean(group.map((result) => getSeatTime(result, kind))) };
    }),
  );
}

/** Returns the share of the time of all seats that bots of a kind had. */
function getSeatTime({ seatTimes: { heldMs, bookedMs, totalMs } }: SaleResult, kind: BotKind): number {
  return share(heldMs[kind] + bookedMs[kind], totalMs);
}

/** Returns a rate with its Wilson interval. */
export function toRate(count: number, of: number): Rate {
  if (of === 0) return { count, of, rate: 0, from: 0, to: 1 };
  const z = 1.96;
  const rate = count / of;
  const middle = (rate + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z / (1 + (z * z) / of)) * Math.sqrt((rate * (1 - rate)) / of + (z * z) / (4 * of * of));
  return { count, of, rate, from: Math.max(0, middle - half), to: Math.min(1, middle + half) };
}

function getFirstMeasureMs({ measures }: Trace): number {
  return Math.min(...Object.values(measures).map(({ atMs }) => atMs));
}

function toSpread(waitsMs: readonly number[]): Spread | null {
  if (waitsMs.length === 0) return null;
  const sorted = waitsMs.map((ms) => ms / 1000).sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  return { median: at(0.5), p90: at(0.9) };
}

function isAny(measures: Measures): boolean {
  return Object.keys(measures).length > 0;
}

function share(part: number, of: number): number {
  return of === 0 ? 0 : part / of;
}

function mean(values: readonly number[]): number {
  return share(
    values.reduce((sum, value) => sum + value, 0),
    values.length,
  );
}
