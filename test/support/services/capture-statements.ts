import pg from 'pg';

/**
 * Statements that a process sends on a timer and not for `work`: the poll of the live feeds, reading the database's
 * clock, the directory of waiting rooms, and revoked tokens.
 */
const byTheClock = /^\s*\/\* (?:readVersions|readClock|readRoomClock|readActiveRooms|readRevocations) \*\//;

/** Returns the statements that all connections of this process send while `work` runs, except those sent on a timer. */
export async function captureStatements(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  // The driver has nine overloads; only the first argument matters here.
  const prototype = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const original = prototype.query;
  prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
    const [first] = args as [string | { text: string }];
    const text = typeof first === 'string' ? first : first.text;
    if (!byTheClock.test(text)) statements.push(text);
    return original.apply(this, args);
  };
  try {
    await work();
  } finally {
    prototype.query = original;
  }
  return statements;
}
