import type { SeatSlice, VenueColumns } from '../layout/venue-columns.sql.ts';

/** What the plan says of a seat. */
export interface SeatWords {
  readonly section: string;
  readonly row: string;
  readonly number: string;
  /** Null: made of the three above. */
  readonly label: string | null;
  readonly category: number;
}

/** The words of all seats of a venue, by index: every text once, and some twenty bytes a seat. Immutable. */
export class VenueWords {
  readonly seatCount: number;
  readonly #texts: readonly (string | null)[];
  readonly #category: Uint8Array;
  /** Places in `#texts`: section, row, number and label of the first seat, then of the next. */
  readonly #places: Uint32Array;

  private constructor(texts: readonly (string | null)[], category: Uint8Array, places: Uint32Array) {
    this.seatCount = category.length;
    this.#texts = texts;
    this.#category = category;
    this.#places = places;
  }

  /** Parses slice by slice, with other work in between: a slice takes some milliseconds. */
  static async parse({ slices }: Pick<VenueColumns, 'slices'>): Promise<VenueWords> {
    const places = new Map<string | null, number>();
    const placeOf = (text: string | null) => {
      const known = places.get(text) ?? places.size;
      places.set(text, known);
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
          seats.push(placeOf(text));
      category.push(...column<number>('category'));
      await new Promise(setImmediate);
    }
    return new VenueWords([...places.keys()], Uint8Array.from(category), Uint32Array.from(seats));
  }

  /** Null if the venue has no such seat. */
  at(index: number): SeatWords | null {
    const category = this.#category[index];
    if (category === undefined) return null;
    const text = (column: number) => this.#texts[this.#places[4 * index + column] ?? -1] ?? null;
    return { section: text(0) ?? '', row: text(1) ?? '', number: text(2) ?? '', label: text(3), category };
  }
}
