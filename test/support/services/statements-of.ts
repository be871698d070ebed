import pg from 'pg';

/** What a process asks by the clock and not for `work`: the poll of its live feeds, and the database's time. */
const byTheClock = /^\s*\/\* (?:readVersions|readClock) \*\//;

/** The statements that any connection of this process sends while `work` runs, but for those it sends by the clock. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  // The driver has nine overloads; what counts is what is passed first.
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
