import pg from 'pg';

/*
 * A COMMIT waits until a synchronous standby has it. Neither `statement_timeout` nor `transaction_timeout` ends that
 * wait. An operator can: `pg_cancel_backend` makes the COMMIT succeed with only a warning. The transaction is then
 * committed on the primary, but a failover would lose it, so Sellout reports such a COMMIT as one with an unknown outcome.
 */

/** The function of PostgreSQL that warns. Unlike the text of the warning, its name is never translated. */
const WARNING_ROUTINE = 'SyncRepWaitForLSN';
/** SQLSTATE transaction_resolution_unknown. */
const OUTCOME_UNKNOWN = '08007';

type Callback = (error: Error | null, result?: unknown) => void;
type Query = (config: unknown, values?: unknown, callback?: Callback) => Promise<unknown> | undefined;

/** Makes each statement of a connection fail if its COMMIT stopped waiting for a synchronous standby. */
export function failUnreplicatedCommits(client: pg.ClientBase): void {
  let warning: pg.DatabaseError | undefined;
  client.on('notice', (notice) => {
    if (notice.routine === WARNING_ROUTINE) warning = createError(notice.message); // guard: unreplicated-commit-unknown
  });
  // The server sends the warning before the end of the statement that it concerns.
  const takeWarning = () => {
    const taken = warning;
    warning = undefined;
    return taken;
  };
  const query: Query = (...given) => (pg.Client.prototype.query as unknown as Query).apply(client, given);
  const checked: Query = (config, values, callback) => {
    if (callback !== undefined)
      return query(config, values, (error, result) => callback(takeWarning() ?? error, result));
    return query(config, values)?.then((result) => {
      const error = takeWarning();
      if (error !== undefined) throw error;
      return result;
    });
  };
  Object.assign(client, { query: checked });
}

function createError(message: string | undefined): pg.DatabaseError {
  const text = `Connection terminated: the outcome of COMMIT is unknown: ${message ?? 'no standby confirmed it'}`;
  const error = new pg.DatabaseError(text, text.length, 'error');
  return Object.assign(error, { code: OUTCOME_UNKNOWN, severity: 'ERROR' });
}
