import type { SeatStatusCode, SeatVersion } from '../../messaging/messages.ts';
import { PackedSeats, seatStatuses, type SeatStatus } from '../../web/seat-feed/packed-seats.ts';

/** The status of every seat of an event at one version, in the encoding of the API. Immutable. */
export interface SeatMap extends SeatVersion {
  /** SeatStates: two bits per seat, in base64. */
  readonly states: string;
}

/** The status of every seat of an event at one version, with access to each seat. */
export interface PackedSeatMap extends SeatVersion {
  readonly states: PackedSeats;
}

const codes: Readonly<Record<SeatStatus, SeatStatusCode>> = { AVAILABLE: 0, HELD: 1, BOOKED: 2, BLOCKED: 3 };

export function toSeatCode(status: SeatStatus): SeatStatusCode {
  return codes[status];
}

export function toSeatStatus(code: SeatStatusCode): SeatStatus {
  return seatStatuses[code];
}

/** Packs one digit per seat, as the database returns them. */
export function packDigits(digits: string): PackedSeats {
  const seats = PackedSeats.allAvailable(digits.length);
  for (let index = 0; index < digits.length; index++)
    seats.set(index, ((digits.charCodeAt(index) - 48) & 3) as SeatStatusCode);
  return seats;
}

/** Does what `PackedSeats.encode` does, many times faster: every message and read of a live map needs it. */
export function encodeSeats({ bytes }: PackedSeats): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** @throws {RangeError} if the text does not contain the states of this many seats. */
export function decodeSeats(states: string, seatCount: number): PackedSeats {
  return new PackedSeats(seatCount, Buffer.from(states, 'base64'));
}

/** Returns one byte per seat, 1 if the seat has this status. */
export function maskSeats(seats: PackedSeats, code: SeatStatusCode): Uint8Array {
  const mask = new Uint8Array(seats.seatCount);
  for (let index = 0; index < mask.length; index++) if (seats.get(index) === code) mask[index] = 1;
  return mask;
}
