/*
 * Decides how many waiting people a room admits at a tick. Pure: everything it knows comes as an argument, and what it
 * must remember goes into `Control`, which is stored with the room.
 *
 * The pressure on the hold path has three levels. It rises at once and falls one level at a time, after the path was
 * quiet for CALM_MS:
 *
 *   CALM ──▶ STRAINED ──▶ OVERLOADED        rise: at once, also from CALM to OVERLOADED
 *   CALM ◀── STRAINED ◀── OVERLOADED        fall: below half of the threshold for CALM_MS
 */

type Pressure = 'CALM' | 'STRAINED' | 'OVERLOADED';

/** The state of the hold path of an event, over all API processes, during the last seconds. */
export interface HoldPathHealth {
  /** Commands that wait for a batch. */
  readonly queue: number;
  readonly p95Ms: number;
  /** BusyErrors per second. */
  readonly busyPerSecond: number;
}

export interface Control {
  /** The fraction of a person that the pace has earned and not used. */
  readonly carry: number;
  readonly pressure: Pressure;
  /** Time since which the hold path has been quiet enough for a lower level; null if it is not. */
  readonly calmSinceMs: number | null;
  /** People admitted per minute, as measured; for estimates. */
  readonly measuredPace: number;
}

export const initialControl: Control = { carry: 0, pressure: 'CALM', calmSinceMs: null, measuredPace: 0 };

export interface AdmissionInput {
  readonly nowMs: number;
  /** Time of the previous tick; null for the first one. */
  readonly lastTickMs: number | null;
  readonly paused: boolean;
  readonly pacePerMinute: number;
  readonly insideMax: number;
  /** Slots in use: admitted buyers, and called numbers whose minute has not passed. */
  readonly inside: number;
  /** Buyers whose number is up, but whose slot had been given away: they get the next free slots. */
  readonly late: number;
  readonly nowServing: number;
  /** Highest place number that exists. */
  readonly lastNumber: number;
  readonly seats: FreeSeats;
  readonly control: Control;
}

export interface FreeSeats {
  readonly available: number;
  readonly held: number;
  /** Mean number of seats per booking. */
  readonly perBuyer: number;
}

export type Chance = 'GOOD' | 'LOW' | 'NONE';

const thresholds = {
  STRAINED: { queue: 500, p95Ms: 300, busyPerSecond: Infinity },
  OVERLOADED: { queue: 2_000, p95Ms: 1_000, busyPerSecond: 0 },
} as const;

/** Time for which the hold path must be quiet before the pressure falls by a level. */
export const CALM_MS = 5_000;
/** Share of the pace at each level. */
const paceShares: Record<Pressure, number> = { CALM: 1, STRAINED: 0.5, OVERLOADED: 0 };
/** A worker that was away does not let in at once everyone whom it missed. */
const CATCH_UP_MS_MAX = 2_000;
/** Weight of a new measurement of the pace, per second. */
const PACE_WEIGHT = 0.1;

/** Returns how many numbers to call, and what to remember. */
export function decideAdmissions(input: AdmissionInput): {
  readonly admit: number;
  readonly control: Control;
} {
  const { nowMs, lastTickMs, control } = input;
  const elapsedMs = lastTickMs === null ? 0 : Math.min(Math.max(nowMs - lastTickMs, 0), CATCH_UP_MS_MAX); // guard: admission-catch-up
  const earned = (input.pacePerMinute * paceShares[control.pressure] * elapsedMs) / 60_000;
  const budget = control.carry + earned;
  const waiting = Math.max(0, input.lastNumber - input.nowServing);
  const slots = input.insideMax - input.inside - input.late; // guard: admission-late-first
  const wanted = Math.ceil(input.seats.available / input.seats.perBuyer); // guard: admission-free-seats
  const limits = [Math.floor(budget), waiting, slots, wanted]; // guard: admission-limits
  const admit = input.paused ? 0 : Math.max(0, Math.min(...limits)); // guard: admission-paused
  // What is left over is kept below one person: nobody may be let in later for a time in which there was no room.
  const carry = Math.min(budget - admit, 0.999_999); // guard: admission-no-savings
  return { admit, control: { ...control, carry, measuredPace: measurePace(control, admit, elapsedMs) } };
}

function measurePace({ measuredPace }: Control, admitted: number, elapsedMs: number): number {
  if (elapsedMs === 0) return measuredPace;
  const pace = (admitted * 60_000) / elapsedMs;
  if (measuredPace === 0) return pace;
  const weight = 1 - (1 - PACE_WEIGHT) ** (elapsedMs / 1_000);
  return measuredPace + weight * (pace - measuredPace);
}

/** Returns the control after a look at the hold path. See the levels at the top. */
export function judgePressure(control: Control, health: HoldPathHealth, nowMs: number): Control {
  const level = exceeds(health, 'OVERLOADED', 1)
    ? 'OVERLOADED'
    : exceeds(health, 'STRAINED', 1)
      ? 'STRAINED'
      : 'CALM';
  if (rank(level) > rank(control.pressure)) return { ...control, pressure: level, calmSinceMs: null };
  if (control.pressure === 'CALM' || exceeds(health, control.pressure, 0.5))
    return { ...control, calmSinceMs: null };
  const calmSinceMs = control.calmSinceMs ?? nowMs;
  if (nowMs - calmSinceMs < CALM_MS) return { ...control, calmSinceMs }; // guard: pressure-falls-slowly
  return { ...control, pressure: control.pressure === 'OVERLOADED' ? 'STRAINED' : 'CALM', calmSinceMs: null };
}

/** An AUTOMATIC room turns on under pressure, and off when there is none and nobody waits. */
export function decideAutomatic(isOn: boolean, { pressure }: Control, waiting: number): boolean {
  if (pressure !== 'CALM') return true;
  return isOn && waiting > 0; // guard: automatic-off-when-empty
}

function exceeds(health: HoldPathHealth, level: 'STRAINED' | 'OVERLOADED', share: number): boolean {
  const { queue, p95Ms, busyPerSecond } = thresholds[level];
  return (
    health.queue > queue * share ||
    health.p95Ms > p95Ms * share ||
    health.busyPerSecond > busyPerSecond * share
  );
}

function rank(pressure: Pressure): number {
  return Object.keys(paceShares).indexOf(pressure);
}

/** Returns the chance of somebody with `ahead` people ahead to get seats. Held seats may come back. */
export function estimateChance(ahead: number, { available, held, perBuyer }: FreeSeats): Chance {
  if (available + held === 0) return 'NONE';
  return ahead * perBuyer > available + held ? 'LOW' : 'GOOD';
}

/** Returns the estimated wait; null if the room does not move. */
export function estimateWaitSeconds(
  ahead: number,
  paused: boolean,
  pacePerMinute: number,
  { measuredPace }: Control,
) {
  if (ahead === 0) return 0;
  const pace = measuredPace < 1 ? pacePerMinute : measuredPace;
  return paused ? null : Math.ceil((ahead * 60) / pace);
}
