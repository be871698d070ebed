import type { AuditReport } from '../../../src/booking/audit/audit.ts';

/** An event on sale whose seats are to be sold. */
export interface SaleEvent {
  readonly id: string;
  readonly number: number;
  readonly seatCount: number;
}

/** A process whose CPU time a run reports. */
export interface MeasuredProcess {
  readonly name: string;
  readonly pid: number;
}

/** Seat map that watchers must show in the end. */
export interface FinalMap {
  readonly version: number;
  /** SeatStates, as in the schema. */
  readonly states: string;
}

/** The system under load: one that the runner started, or a deployment. */
export interface Target extends AsyncDisposable {
  readonly url: string;
  /** What runs, for the report. */
  readonly description: string;
  /** Processes of the system, empty for a deployment. */
  readonly processes: readonly MeasuredProcess[];
  chooseEvent(): Promise<SaleEvent>;
  /** Resolves when all holds of the event have ended; in a deployment, when none is overdue. */
  settle(event: SaleEvent): Promise<void>;
  readMap(event: SaleEvent): Promise<FinalMap>;
  /** Returns the number of bookings of the event ever made, or null if the database can't be read. */
  countBookings(event: SaleEvent): Promise<number | null>;
  /** Returns the time of COMMIT of each version in milliseconds since 1970. Empty if the database does not tell. */
  readCommitTimes(event: SaleEvent): Promise<ReadonlyMap<number, number>>;
  /** Returns null if the database can't be read. */
  audit(): Promise<AuditReport | null>;
}
