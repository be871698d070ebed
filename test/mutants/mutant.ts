/** Test files, and the mutants that they must kill. */
export interface MutantGroup {
  /** Paths of test files, or of folders of tests. */
  readonly tests: readonly string[];
  readonly mutants: readonly Mutant[];
}

export type Mutant = SourceMutant | MigrationMutant;

/** A change of the product that disables or weakens a guard. At least one test must fail for it. */
interface SourceMutant {
  /** Name in the comment `guard: NAME` at the code that the mutation changes. */
  readonly guard: string;
  readonly mutation: Mutation;
  /** Runs only the tests whose names contain this text. */
  readonly only?: string;
}

export type Mutation =
  /** Deletes the marked statement, property or element. */
  | 'remove'
  /** Replaces the condition of the marked `if` or loop, or of the only `?:` in the marked code. */
  | 'never'
  | 'always'
  /** Replaces the outermost `&&`, `||` or `??` by one of its operands. If the marked code has a condition, only there. */
  | 'left only'
  | 'right only'
  /** Replaces a part of the marked code that occurs once in it, or all of it. */
  | { readonly replace?: string; readonly with: string };

/** A mutant of a migration. Prisma compares checksums of applied migrations, so these can't contain a marker. */
interface MigrationMutant {
  readonly guard: string;
  readonly file: `prisma/migrations/${string}.sql`;
  /** Replaces text that occurs once in the file. */
  readonly mutation: { readonly replace: string; readonly with: string };
  readonly only?: string;
}
