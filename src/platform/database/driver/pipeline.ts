import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';

/*
 * Statements of a transaction that do not depend on each other's results are sent at once: the server runs them in their
 * order, and the process waits for one answer instead of one for each. The connections of the pools are in the driver's
 * pipeline mode for this. If a statement fails, the server refuses those behind it, because the transaction is aborted.
 */

/** Called when a statement is handed to the driver. */
const handedOver = new AsyncLocalStorage<() => void>();

/**
 * Sends statements of one transaction in their order, without waiting for results, and returns the results.
 *
 * @throws the error of the first statement that failed.
 */
export async function sendTogether<T extends readonly unknown[]>(
  ...statements: { readonly [K in keyof T]: () => Promise<T[K]> }
): Promise<T> {
  const results: Promise<unknown>[] = [];
  for (const statement of statements) {
    // Prisma hands statements over some microtasks later, and not necessarily in the order of the calls.
    await new Promise<void>((goOn) => {
      const result = handedOver.run(goOn, async () => statement());
      results.push(result);
      result.then(
        () => goOn(),
        () => goOn(),
      );
    });
  }
  return (await Promise.all(results)) as unknown as T;
}

type Result = Pick<pg.QueryResult, 'fields' | 'rows' | 'rowCount'>;
/** The outcome of BEGIN, kept until the statement behind it fails or succeeds. */
type Settled = readonly [PromiseSettledResult<Result>];
type Query = (config: unknown, ...others: readonly unknown[]) => Promise<Result> | undefined;

/** What the driver returns for a statement without rows. */
const noRows: Result = { fields: [], rows: [], rowCount: null };

/**
 * Makes a connection report what is handed over, and answer BEGIN at once. BEGIN travels with the statement behind it, which
 * fails if BEGIN fails.
 */
export function pipelineStatements(client: pg.ClientBase): void {
  const query = client.query.bind(client) as unknown as Query;
  let begun: Promise<Settled> | null = null;
  const send: Query = (config, ...others) => {
    const result = query(config, ...others);
    handedOver.getStore()?.();
    if (result === undefined) return undefined;
    if (isBegin(config)) {
      begun = Promise.allSettled([result]);
      return Promise.resolve(noRows);
    }
    const before = begun;
    begun = null;
    return before === null ? result : failAfter(before, result);
  };
  Object.assign(client, { query: send });
}

function isBegin(config: unknown): boolean {
  return typeof config === 'object' && config !== null && 'text' in config && config.text === 'BEGIN';
}

/** Returns the result, or throws the error of BEGIN. */
async function failAfter(before: Promise<Settled>, result: Promise<Result>): Promise<Result> {
  const [[begun]] = await Promise.all([before, Promise.allSettled([result])]);
  if (begun.status === 'rejected') throw begun.reason;
  return result;
}
