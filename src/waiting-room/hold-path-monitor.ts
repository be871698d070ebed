import type { HoldPathHealth } from './rules/admission-control.ts';

/** Durations kept per event and period. Beyond it, the newest replace random ones, so that the sample stays fair. */
const SAMPLES_MAX = 1_000;
interface Period {
  readonly durationsMs: number[];
  commands: number;
  busy: number;
}

/** Measures the hold path of each event in this process, from one report to the next. */
export class HoldPathMonitor {
  readonly #isMeasured: (eventId: number) => boolean;
  #periods = new Map<number, Period>();

  /** `isMeasured` selects the events: those with an active room, of which there are few. */
  constructor(isMeasured: (eventId: number) => boolean) {
    this.#isMeasured = isMeasured;
  }

  /** Records the duration of a command, and whether it failed with BusyError. */
  record(eventId: number, durationMs: number, isBusy: boolean): void {
    if (!this.#isMeasured(eventId)) return;
    const period = this.#getPeriod(eventId);
    period.commands++;
    if (isBusy) period.busy++;
    if (period.durationsMs.length < SAMPLES_MAX) period.durationsMs.push(durationMs);
    else {
      const slot = Math.floor(Math.random() * period.commands);
      if (slot < SAMPLES_MAX) period.durationsMs[slot] = durationMs;
    }
  }

  #getPeriod(eventId: number): Period {
    const known = this.#periods.get(eventId);
    if (known !== undefined) return known;
    const period = { durationsMs: [], commands: 0, busy: 0 };
    this.#periods.set(eventId, period);
    return period;
  }

  /** Returns the health of all measured events since the last call, and starts a new period. */
  takePeriods(periodMs: number, getQueue: (eventId: number) => number): Map<number, HoldPathHealth> {
    const periods = this.#periods;
    this.#periods = new Map();
    return new Map(
      [...periods].map(([eventId, { durationsMs, busy }]) => {
        const sorted = durationsMs.sort((a, b) => a - b);
        const p95Ms = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
        return [eventId, { queue: getQueue(eventId), p95Ms, busyPerSecond: (busy * 1_000) / periodMs }];
      }),
    );
  }
}
