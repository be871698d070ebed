import * as fc from 'fast-check';

type Generate = fc.GeneratorValue;

/** Choices that fast-check makes, so that they follow from its seed. */
export class Draw {
  readonly #generate: Generate;

  private constructor(generate: Generate) {
    this.#generate = generate;
  }

  /** What `build` makes of as many series of choices as are wanted. */
  static sample<T>(seed: number, count: number, build: (draw: Draw) => T): T[] {
    const arbitrary = fc.gen().map((generate) => build(new Draw(generate)));
    return fc.sample(arbitrary, { seed, numRuns: count });
  }

  /** A whole number from `least` to `most`, both included, each as likely. */
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

  /** From 1 to `most`, each order of magnitude as likely as another: a multiplier. */
  size(most: number): number {
    return Math.max(1, Math.round(2 ** (this.#generate(uniform, 0, 1000) / (1000 / Math.log2(most)))));
  }

  /** One of the makers' results. */
  oneOf<T>(...makers: readonly (() => T)[]): T {
    return this.pick(makers)();
  }

  /** As many results as the number says. */
  list<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make);
  }
}

function uniform(min: number, max: number): fc.Arbitrary<number> {
  return fc.noBias(fc.integer({ min, max }));
}
