import { InvalidInputError, type InputFieldError } from './errors.ts';

/** Maximum number of wrong fields in one answer: a list of the input may have thousands of elements. */
export const INPUT_ERRORS_MAX = 50;

/** Collects the wrong fields of an input, so that one answer reports all of them. */
export class InputErrors {
  readonly #errors = new Map<string, InputFieldError>();

  /**
   * Runs a check. Returns undefined if it refuses a field; any other error passes through. Once the list is full,
   * returns undefined without running the check.
   */
  run<T>(check: () => T): T | undefined {
    if (this.#errors.size >= INPUT_ERRORS_MAX) return undefined;
    try {
      return check();
    } catch (error) {
      this.#collect(error);
      return undefined;
    }
  }

  async runAsync<T>(check: () => T): Promise<Awaited<T> | undefined> {
    try {
      return await check();
    } catch (error) {
      this.#collect(error);
      return undefined;
    }
  }

  /** @throws {InvalidInputError} if a check has refused a field. */
  assertNone(): void {
    const [first, ...others] = this.#errors.values();
    if (first !== undefined) throw InvalidInputError.ofFields([first, ...others]);
  }

  /** Keeps the first error of each field: later checks may depend on the earlier ones. */
  #collect(error: unknown): void {
    if (!(error instanceof InvalidInputError)) throw error;
    for (const each of error.errors)
      // guard: input-errors-limit
      if (this.#errors.size < INPUT_ERRORS_MAX && !this.#errors.has(each.field))
        this.#errors.set(each.field, each);
  }
}

/**
 * Runs all checks, in order, and returns their values.
 *
 * @throws {InvalidInputError} that lists every field that a check refuses.
 */
export async function checkTogether<Checks extends Readonly<Record<string, () => unknown>>>(
  checks: Checks,
): Promise<{ readonly [Name in keyof Checks]: Awaited<ReturnType<Checks[Name]>> }> {
  const errors = new InputErrors();
  const values: Record<string, unknown> = {};
  for (const [name, check] of Object.entries(checks)) values[name] = await errors.runAsync(check);
  errors.assertNone();
  return values as { [Name in keyof Checks]: Awaited<ReturnType<Checks[Name]>> };
}
