import {
  PackedSeats,
  seatStatuses,
  type SeatCode,
  type SeatCounts,
  type SeatStatus,
} from './packed-seats.ts';
import type { SeatUpdate } from './seat-update.ts';

export interface SeatChange {
  readonly index: number;
  readonly from: SeatStatus;
  readonly to: SeatStatus;
}

/** Result of an update. `gap`: the update starts after the current version, so it was not applied. `known`: it is old. */
export type ApplyResult = 'gap' | 'known' | { readonly seats: readonly SeatChange[] };

/** Seat map of one event, kept up to date by numbered updates. Before the first update, all seats are AVAILABLE. */
export class LiveSeats {
  #seats: PackedSeats;
  #counts: SeatCounts;
  #version: number | null = null;

  constructor(seatCount: number) {
    this.#seats = PackedSeats.allAvailable(seatCount);
    this.#counts = this.#seats.counts();
  }

  /** Version of the map; null before the first snapshot. */
  get version(): number | null {
    return this.#version;
  }

  get states(): string {
    return this.#seats.encode();
  }

  /** @throws {RangeError} if no seat has this index. */
  statusOf(index: number): SeatStatus {
    if (!Number.isInteger(index) || index < 0 || index >= this.#seats.seatCount) {
      throw new RangeError(`seat ${index} is not one of ${this.#seats.seatCount}`);
    }
    return seatStatuses[this.#seats.get(index)];
  }

  counts(): SeatCounts {
    return { ...this.#counts };
  }

  /** Returns the changes from a map with only AVAILABLE seats to this one. */
  takenSeats(): SeatChange[] {
    const taken: SeatChange[] = [];
    for (let index = 0; index < this.#seats.seatCount; index++) {
      const to = this.statusOf(index);
      if (to !== 'AVAILABLE') taken.push({ index, from: 'AVAILABLE', to });
    }
    return taken;
  }

  apply(update: SeatUpdate): ApplyResult {
    if (update.kind === 'snapshot') return this.#replace(update.version, update.seats);
    if (this.#version === null || update.fromVersion > this.#version) return 'gap'; // guard: missed-version-detected
    if (update.version <= this.#version) return 'known'; // guard: known-update-dropped
    // An update from before the current version repeats changes, but contains the latest status of each seat.
    const changed: SeatChange[] = [];
    for (const [index, code] of update.seats) this.#set(index, code, changed);
    this.#version = update.version;
    return { seats: changed };
  }

  /** Replaces the map and returns only the differences. */
  #replace(version: number, seats: PackedSeats): ApplyResult {
    const changed: SeatChange[] = [];
    for (let index = 0; index < seats.seatCount; index++) this.#set(index, seats.get(index), changed);
    this.#version = version;
    return { seats: changed };
  }

  #set(index: number, code: SeatCode, changed: SeatChange[]): void {
    const before = this.#seats.get(index);
    if (before === code) return;
    const from = seatStatuses[before];
    const to = seatStatuses[code];
    this.#seats.set(index, code);
    this.#counts[from]--;
    this.#counts[to]++;
    changed.push({ index, from, to });
  }
}
