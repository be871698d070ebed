/** A guard of the product, the edit that takes it out, and the tests that have to notice. */
export interface Guard {
  readonly name: string;
  readonly file: string;
  /** Text of the file, exactly once in it. */
  readonly find: string;
  readonly replace: string;
  /** Which test files to run: vitest's filters. */
  readonly tests: readonly string[];
  /** Of these files only the tests whose names have this in them. */
  readonly only?: string;
}
