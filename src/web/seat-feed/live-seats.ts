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

/** `gap`: the update continues a version that is not here, and nothing of it was applied. */
export type Applied = 'gap' | 'known' | { readonly seats: readonly SeatChange[] };

/** The map of one event, kept right by numbered updates. Before the first one all seats count as AVAILABLE. */
export class LiveSeats {
  #seats: PackedSeats;
  #counts: SeatCounts;
  #version: number | null = null;

  constructor(seatCount: number) {
    this.#seats = PackedSeats.allAvailable(seatCount);
    this.#counts = this.#seats.counts();
  }

  /** Null before the first snapshot. */
  get version(): number | null {
    return this.#version;
  }

  get states(): string {
    return this.#seats.encode();
  }

  /** @throws {RangeError} for a seat that is none. */
  statusOf(index: number): SeatStatus {
    if (!Number.isInteger(index) || index < 0 || index >= this.#seats.seatCount) {
      throw new RangeError(`seat ${index} is not one of ${this.#seats.seatCount}`);
    }
    return seatStatuses[this.#seats.get(index)];
  }

  counts(): SeatCounts {
    return { ...this.#counts };
  }

  /** What makes this map of one in which all seats are AVAILABLE. */
  takenSeats(): SeatChange[] {
    const taken: SeatChange[] = [];
    for (let index = 0; index < this.#seats.seatCount; index++) {
      const to = this.statusOf(index);
      if (to !== 'AVAILABLE') taken.push({ index, from: 'AVAILABLE', to });
    }
    return taken;
  }

  apply(update: SeatUpdate): Applied {
    if (update.kind === 'snapshot') return this.#replace(update.version, update.seats);
    if (this.#version === null || update.fromVersion > this.#version) return 'gap'; // guard: missed-version-detected
    if (update.version <= this.#version) return 'known'; // guard: known-update-dropped
    // Where it begins before the version held, it tells some changes again, and of each seat the latest: no harm.
    const changed: SeatChange[] = [];
    for (const [index, code] of update.seats) this.#set(index, code, changed);
    this.#version = update.version;
    return { seats: changed };
  }

  /** Whatever was known before is forgotten; told is only what differs. */
  #replace(version: number, seats: PackedSeats): Applied {
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
