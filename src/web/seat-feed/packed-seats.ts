/** Seat statuses in the order of their codes, 0 to 3. */
export const seatStatuses = ['AVAILABLE', 'HELD', 'BOOKED', 'BLOCKED'] as const;

export type SeatStatus = (typeof seatStatuses)[number];

/** Code of a seat status, packed as two bits. */
export type SeatCode = 0 | 1 | 2 | 3;

export type SeatCounts = Record<SeatStatus, number>;

// Browsers and Node provide both. Declared here, because this file compiles without the type library of either.
declare const atob: (base64: string) => string;
declare const btoa: (bytes: string) => string;

/**
 * The status of every seat of an event, packed two bits per seat: seat `n` is in byte `n >> 2`, in bits `2 * (n & 3)` and
 * up. In base64 this is the GraphQL scalar SeatStates. The server and the client share this implementation.
 */
export class PackedSeats {
  readonly seatCount: number;
  /** The packed bytes. Only `set` changes them. */
  readonly bytes: Uint8Array;

  /**
   * Uses `bytes` without copying them.
   *
   * @throws {RangeError} if their number does not match the number of seats.
   */
  constructor(seatCount: number, bytes: Uint8Array) {
    if (bytes.length !== Math.ceil(seatCount / 4))
      throw new RangeError(`${bytes.length} bytes cannot contain the states of ${seatCount} seats`);
    this.seatCount = seatCount;
    this.bytes = bytes;
  }

  static allAvailable(seatCount: number): PackedSeats {
    return new PackedSeats(seatCount, new Uint8Array(Math.ceil(seatCount / 4)));
  }

  /** Returns null if the text is not SeatStates of this many seats: wrong length, no base64, or padding that is not zero. */
  static decode(states: string, seatCount: number): PackedSeats | null {
    const size = Math.ceil(seatCount / 4);
    if (states.length !== 4 * Math.ceil(size / 3)) return null;
    const bytes = decodeBase64(states);
    if (bytes === null || bytes.length !== size) return null;
    const unused = 8 * size - 2 * seatCount;
    if (unused > 0 && (bytes[size - 1] ?? 0) >> (8 - unused) !== 0) return null;
    return new PackedSeats(seatCount, bytes);
  }

  encode(): string {
    let text = '';
    for (const byte of this.bytes) text += String.fromCharCode(byte);
    return btoa(text);
  }

  get(index: number): SeatCode {
    return (((this.bytes[index >> 2] ?? 0) >> (2 * (index & 3))) & 3) as SeatCode;
  }

  /** @throws {RangeError} if there is no such seat: the write would get lost, or change the padding. */
  set(index: number, code: SeatCode): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.seatCount)
      throw new RangeError(`seat ${index} is not one of ${this.seatCount}`);
    const shift = 2 * (index & 3);
    this.bytes[index >> 2] = ((this.bytes[index >> 2] ?? 0) & ~(3 << shift)) | (code << shift);
  }

  counts(): SeatCounts {
    const counts: SeatCounts = { AVAILABLE: 0, HELD: 0, BOOKED: 0, BLOCKED: 0 };
    for (let index = 0; index < this.seatCount; index++) counts[seatStatuses[this.get(index)]]++;
    return counts;
  }
}

function decodeBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0));
  } catch {
    return null;
  }
}
