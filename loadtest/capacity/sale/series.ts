const names = [
  'visits',
  'joins',
  'draws',
  'waiting',
  'inside',
  'called',
  'admissions',
  'holds',
  'taken',
  'ends',
  'batches',
  'available',
  'held',
  'sold',
] as const;

export type SeriesName = (typeof names)[number];

/**
 * What happens in each second of a sale.
 *
 * - `visits`, `joins`, `draws`, `called`, `admissions`, `holds` (attempts), `taken` (those that succeed), `ends` (of holds) and `batches` count within it;
 *   `draws` are requests for a number after the draw.
 * - `waiting`, `inside` (slots in use), `available`, `held` and `sold` (seats) are its last state.
 */
export class Series {
  /** Seconds before the sale begins. */
  readonly before: number;
  readonly seconds: number;
  readonly of: Readonly<Record<SeriesName, Float64Array>>;
  /** Commands of the busiest event. */
  readonly busiest: Float64Array;

  constructor(before: number, after: number) {
    this.before = before;
    this.seconds = before + after;
    const entries = names.map((name) => [name, new Float64Array(this.seconds)]);
    this.of = Object.fromEntries(entries) as Record<SeriesName, Float64Array>;
    this.busiest = new Float64Array(this.seconds);
  }

  /** Adds to a second, counted from the beginning of the sale. Later ones are not kept. */
  add(name: SeriesName, time: number, amount = 1): void {
    const second = Math.floor(time) + this.before;
    const series = this.of[name];
    if (second < series.length) series[second] = (series[second] ?? 0) + amount;
  }

  /** Returns the sum of a series over the sale. */
  sum(name: SeriesName): number {
    return this.of[name].reduce((sum, value) => sum + value, 0);
  }

  /** Turns what was added to a series into a running total. */
  accumulate(name: SeriesName): void {
    const series = this.of[name];
    for (let i = 1; i < series.length; i++) series[i] = (series[i] ?? 0) + (series[i - 1] ?? 0);
  }

  /** Adds the series of an event to those of all. */
  include(event: Series): void {
    for (const name of names) event.of[name].forEach((value, i) => this.#add(this.of[name], i, value));
    event.of.holds.forEach((holds, i) => {
      this.busiest[i] = Math.max(this.busiest[i] ?? 0, holds + (event.of.ends[i] ?? 0));
    });
  }

  #add(series: Float64Array, i: number, value: number): void {
    series[i] = (series[i] ?? 0) + value;
  }
}
