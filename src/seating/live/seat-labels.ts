import type { SeatSlice, VenueColumns } from '../layout/venue-columns.sql.ts';

/** How the seating plan names a seat, and its category. */
export interface SeatLabels {
  readonly section: string;
  readonly row: string;
  readonly number: string;
  /** Null if the label consists of section, row and number. */
  readonly label: string | null;
  readonly category: number;
}

/** The labels of all seats of a venue, by index. Each text is stored once, plus about 20 bytes per seat. Immutable. */
export class VenueSeatLabels {
  readonly seatCount: number;
  readonly #texts: readonly (string | null)[];
  readonly #category: Uint8Array;
  /** Positions in `#texts`: section, row, number and label of the first seat, then of the next. */
  readonly #positions: Uint32Array;

  private constructor(texts: readonly (string | null)[], category: Uint8Array, positions: Uint32Array) {
    this.seatCount = category.length;
    this.#texts = texts;
    this.#category = category;
    this.#positions = positions;
  }

  /** Parses slice by slice and yields in between: a slice takes some milliseconds. */
  static async parse({ slices }: Pick<VenueColumns, 'slices'>): Promise<VenueSeatLabels> {
    const positions = new Map<string | null, number>();
    const getPosition = (text: string | null) => {
      const known = positions.get(text) ?? positions.size;
      positions.set(text, known);
      return known;
    };
    const category: number[] = [];
    const seats: number[] = [];
    for (const slice of slices) {
      const column = <T>(name: keyof SeatSlice) => JSON.parse(slice[name]) as T[];
      const [row, number, label] = [
        column<string>('row'),
        column<string>('number'),
        column<string | null>('label'),
      ];
      for (const [i, section] of column<string>('section').entries())
        for (const text of [section, row[i] ?? '', number[i] ?? '', label[i] ?? null])
          seats.push(getPosition(text));
      category.push(...column<number>('category'));
      await new Promise(setImmediate);
    }
    return new VenueSeatLabels([...positions.keys()], Uint8Array.from(category), Uint32Array.from(seats));
  }

  /** Returns null if the venue has no such seat. */
  get(index: number): SeatLabels | null {
    const category = this.#category[index];
    if (category === undefined) return null;
    const text = (column: number) => this.#texts[this.#positions[4 * index + column] ?? -1] ?? null;
    return { section: text(0) ?? '', row: text(1) ?? '', number: text(2) ?? '', label: text(3), category };
  }
}
