import DataLoader from 'dataloader';

/** Returns an Error in its place for a call that fails alone. */
type RunAll<Argument, Result> = (
  eventId: number,
  args: readonly Argument[],
) => Promise<readonly (Result | Error)[]>;

interface Call<Argument> {
  readonly eventId: number;
  readonly argument: Argument;
}

/**
 * Combines the calls of one turn of the event loop: what a crowd of requests asks for one by one is read or written together.
 *
 * @param runAll takes the arguments of at most `maxCount` calls for one event, and returns their results in the same order. If it
 *   rejects, all these calls do.
 */
export function batchCalls<Argument, Result>(
  runAll: RunAll<Argument, Result>,
  maxCount: number,
): (eventId: number, argument: Argument) => Promise<Result> {
  const loader = new DataLoader<Call<Argument>, Result>(
    async (calls) => {
      const results = new Map<Call<Argument>, Result | Error>();
      const byEvent = Map.groupBy(calls, ({ eventId }) => eventId);
      await Promise.all(
        [...byEvent].map(async ([eventId, ofEvent]) => {
          const args = ofEvent.map(({ argument }) => argument);
          const found = await runAll(eventId, args).catch((error: unknown) => args.map(() => toError(error)));
          for (const [i, call] of ofEvent.entries()) results.set(call, found[i] as Result | Error);
        }),
      );
      return calls.map((call) => results.get(call) as Result | Error);
    },
    { cache: false, maxBatchSize: maxCount, batchScheduleFn: (load) => void setImmediate(load) },
  );
  return (eventId, argument) => loader.load({ eventId, argument });
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
