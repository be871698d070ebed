export class DeadlineError extends Error {
  constructor(what: string, ms: number) {
    super(`${what} took longer than ${ms} ms`);
    this.name = 'DeadlineError';
  }
}

/**
 * What `work` gives, or a DeadlineError after `ms`. The work itself goes on: `late` is given what comes of it then, so
 * that nothing stays open.
 */
export async function withDeadline<T>(
  what: string,
  ms: number,
  work: PromiseLike<T> | T,
  late: (value: T) => void = () => undefined,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      over = true;
      reject(new DeadlineError(what, ms));
    }, ms);
  });
  const settled = Promise.resolve(work).then((value) => {
    if (over) late(value);
    return value;
  });
  // Lost to the deadline, a failure has nobody left to tell; the deadline is the answer, and is logged.
  settled.catch(() => undefined);
  try {
    return await Promise.race([settled, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
