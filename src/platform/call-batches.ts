import DataLoader from 'dataloader';

/** Returns an Error in its place for a call that fails alone. */
type RunAll<Group, Argument, Result> = (
  group: Group,
  args: readonly Argument[],
) => Promise<readonly (Result | Error)[]>;

interface Call<Group, Argument> {
  readonly group: Group;
  readonly argument: Argument;
}

/**
 * Combines the calls of one turn of the event loop: what a crowd of requests asks for one by one is read or written together.
 *
 * @param runAll takes the arguments of at most `maxCount` calls of one group, such as an event, and returns their results in the
 *   same order. If it rejects, all these calls do.
 */
export function batchCalls<Group extends number | string, Argument, Result>(
  runAll: RunAll<Group, Argument, Result>,
  maxCount: number,
): (group: Group, argument: Argument) => Promise<Result> {
  const loader = new DataLoader<Call<Group, Argument>, Result>(
    async (calls) => {
      const results = new Map<Call<Group, Argument>, Result | Error>();
      const groups = Map.groupBy(calls, ({ group }) => group);
      await Promise.all(
        [...groups].map(async ([group, ofGroup]) => {
          const args = ofGroup.map(({ argument }) => argument);
          const found = await runAll(group, args).catch((error: unknown) => args.map(() => toError(error)));
          for (const [i, call] of ofGroup.entries()) results.set(call, found[i] as Result | Error);
        }),
      );
      return calls.map((call) => results.get(call) as Result | Error);
    },
    { cache: false, maxBatchSize: maxCount, batchScheduleFn: (load) => void setImmediate(load) },
  );
  return (group, argument) => loader.load({ group, argument });
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
