import pg from 'pg';

/**
 * Statements that a process does not send for `work`: on a timer, the poll of the live feeds, reading the database's clock,
 * the directory of waiting rooms, revoked tokens, the epoch, and the state of the service; and once per connection, its timeline.
 */
const ofTheProcess =
  /^\s*\/\* (?:readVersions|readClock|readRoomClock|readActiveRooms|readRevocations|isEpochStored|readService|readTimeline) \*\//;

/** Returns the statements that all connections of this process send while `work` runs, except those of the process itself. */
export async function captureStatements(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  using _watched = watchStatements((text) => {
    if (!ofTheProcess.test(text)) statements.push(text);
  });
  await work();
  return statements;
}

/** Counts the statements with this name that all connections of this process send, until it is disposed of. */
export function countStatements(name: string): Disposable & { readonly count: number } {
  let count = 0;
  const watched = watchStatements((text) => {
    if (text.trimStart().startsWith(`/* ${name} */`)) count++;
  });
  return {
    get count() {
      return count;
    },
    [Symbol.dispose]: () => watched[Symbol.dispose](),
  };
}

function watchStatements(onStatement: (text: string) => void): Disposable {
  // The driver has nine overloads; only the first argument matters here.
  const prototype = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const original = prototype.query;
  prototype.query = function watched(this: pg.Client, ...args: unknown[]) {
    const [first] = args as [string | { text: string }];
    onStatement(typeof first === 'string' ? first : first.text);
    return original.apply(this, args);
  };
  return { [Symbol.dispose]: () => void (prototype.query = original) };
}
