export class DeadlineError extends Error {
  constructor(what: string, ms: number) {
    super(`${what} took longer than ${ms} ms`);
    this.name = 'DeadlineError';
  }
}

/** Told how work ended that went on after its deadline. */
export interface Late<T> {
  /** To close what it has opened. */
  done?(value: T): void;
  failed?(error: unknown): void;
}

/**
 * What `work` gives, or where that takes longer than `ms` an error: what `passed` returns, or a DeadlineError about
 * `passed`. The work itself goes on.
 */
export async function withDeadline<T>(
  work: PromiseLike<T> | T,
  ms: number,
  passed: string | (() => Error),
  late: Late<T> = {},
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      over = true;
      reject(typeof passed === 'string' ? new DeadlineError(passed, ms) : passed());
    }, ms);
  });
  const settled = Promise.resolve(work);
  try {
    return await Promise.race([settled, deadline]);
  } finally {
    clearTimeout(timer);
    if (over)
      settled.then(
        (value) => late.done?.(value),
        (error: unknown) => late.failed?.(error),
      );
  }
}
