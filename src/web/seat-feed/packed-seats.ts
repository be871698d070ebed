/** In the order of their codes: 0 to 3, as SeatStates packs them. */
export const seatStatuses = ['AVAILABLE', 'HELD', 'BOOKED', 'BLOCKED'] as const;

export type SeatStatus = (typeof seatStatuses)[number];

/** A code from the two bits of a seat. */
export type SeatCode = 0 | 1 | 2 | 3;

export type SeatCounts = Record<SeatStatus, number>;

// Of browsers and Node alike; the types of neither are needed for it.
declare const atob: (base64: string) => string;
declare const btoa: (bytes: string) => string;

/** The status of so many seats, two bits each: the seat with index n in byte n >> 2, at bits 2 * (n & 3) and up. */
export class PackedSeats {
  readonly seatCount: number;
  readonly #bytes: Uint8Array;

  private constructor(seatCount: number, bytes: Uint8Array) {
    this.seatCount = seatCount;
    this.#bytes = bytes;
  }

  static allAvailable(seatCount: number): PackedSeats {
    return new PackedSeats(seatCount, new Uint8Array(Math.ceil(seatCount / 4)));
  }

  /** Null where the text is not SeatStates of so many seats: wrong length, no base64, or padding that is not zero. */
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
    for (const byte of this.#bytes) text += String.fromCharCode(byte);
    return btoa(text);
  }

  get(index: number): SeatCode {
    return (((this.#bytes[index >> 2] ?? 0) >> (2 * (index & 3))) & 3) as SeatCode;
  }

  /** The index must be a seat's. */
  set(index: number, code: SeatCode): void {
    const shift = 2 * (index & 3);
    this.#bytes[index >> 2] = ((this.#bytes[index >> 2] ?? 0) & ~(3 << shift)) | (code << shift);
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
