import * as fc from 'fast-check';

type Generate = fc.GeneratorValue;

/** Random choices made by fast-check, so that they follow from its seed. */
export class Draw {
  readonly #generate: Generate;

  private constructor(generate: Generate) {
    this.#generate = generate;
  }

  /** Calls `build` with `count` series of choices, and returns its results. */
  static sample<T>(seed: number, count: number, build: (draw: Draw) => T): T[] {
    const arbitrary = fc.gen().map((generate) => build(new Draw(generate)));
    return fc.sample(arbitrary, { seed, numRuns: count });
  }

  /** Returns an integer from `least` to `most`, inclusive, uniformly distributed. */
  whole(least: number, most: number): number {
    return this.#generate(uniform, least, most);
  }

  chance(percent: number): boolean {
    return this.whole(0, 99) < percent;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.whole(0, items.length - 1)];
    if (item === undefined) throw new Error('there is nothing to pick from');
    return item;
  }

  /** Returns a multiplier from 1 to `most`. Each order of magnitude is equally likely. */
  size(most: number): number {
    return Math.max(1, Math.round(2 ** (this.#generate(uniform, 0, 1000) / (1000 / Math.log2(most)))));
  }

  /** Returns the result of one of the functions. */
  oneOf<T>(...makers: readonly (() => T)[]): T {
    return this.pick(makers)();
  }

  /** Returns `count` results of a function. */
  list<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make);
  }
}

function uniform(min: number, max: number): fc.Arbitrary<number> {
  return fc.noBias(fc.integer({ min, max }));
}
