import type { SeatStatus } from '../../generated/prisma/enums.ts';
import type { SeatStatusCode } from '../../messaging/messages.ts';

const codes: Record<SeatStatus, SeatStatusCode> = { AVAILABLE: 0, HELD: 1, BOOKED: 2, BLOCKED: 3 };
const statuses: readonly SeatStatus[] = ['AVAILABLE', 'HELD', 'BOOKED', 'BLOCKED'];

export function codeOf(status: SeatStatus): SeatStatusCode {
  return codes[status];
}

export function statusOf(code: SeatStatusCode): SeatStatus {
  return statuses[code] ?? 'AVAILABLE';
}

/** The status of every seat of an event, two bits a seat; the schema's SeatStates says which. */
export class SeatStates {
  readonly seatCount: number;
  readonly #bytes: Uint8Array;

  private constructor(seatCount: number, bytes: Uint8Array) {
    this.seatCount = seatCount;
    this.#bytes = bytes;
  }

  /** From one digit a seat, as the database sends it. */
  static fromDigits(digits: string): SeatStates {
    const bytes = new Uint8Array(Math.ceil(digits.length / 4));
    for (let i = 0; i < digits.length; i++)
      bytes[i >> 2] = (bytes[i >> 2] ?? 0) | (((digits.charCodeAt(i) - 48) & 3) << (2 * (i & 3)));
    return new SeatStates(digits.length, bytes);
  }

  /** @throws {RangeError} where the text is not that of so many seats. */
  static fromBase64(text: string, seatCount: number): SeatStates {
    const bytes = Buffer.from(text, 'base64');
    if (bytes.length !== Math.ceil(seatCount / 4))
      throw new RangeError(`${bytes.length} bytes cannot be the states of ${seatCount} seats`);
    return new SeatStates(seatCount, new Uint8Array(bytes));
  }

  get(index: number): SeatStatusCode {
    return (((this.#bytes[index >> 2] ?? 0) >> (2 * (index & 3))) & 3) as SeatStatusCode;
  }

  /** @throws {RangeError} for a seat that is none: packing it would grow the map in silence. */
  set(index: number, code: SeatStatusCode): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.seatCount) {
      throw new RangeError(`seat ${index} is not one of ${this.seatCount}`);
    }
    const shift = 2 * (index & 3);
    this.#bytes[index >> 2] = ((this.#bytes[index >> 2] ?? 0) & ~(3 << shift)) | (code << shift);
  }

  /** One byte a seat, 1 where the seat has this status. */
  maskOf(code: SeatStatusCode): Uint8Array {
    const mask = new Uint8Array(this.seatCount);
    for (let index = 0; index < this.seatCount; index++) if (this.get(index) === code) mask[index] = 1;
    return mask;
  }

  toBase64(): string {
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength).toString('base64');
  }
}
