import pg from 'pg';
import { describeConnectionError, isCertificateError } from '../network/certificate-errors.ts';
import { StartupError } from '../errors.ts';
import { classifyDbError, getSqlState } from './db-errors.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/** An address of the database, and the environment variable that has it. */
export interface StartupAddress {
  readonly variable: string;
  readonly url: string;
}

/**
 * Runs `work` on a connection of its own, which has only the given settings: older servers reject those of the pools.
 *
 * @throws {StartupError} if the server refuses the connection for a reason that does not pass by itself, such as a wrong
 *   password, a missing database or a certificate that is not trusted; any other error unchanged.
 */
export async function withStartupClient<T>(
  address: StartupAddress,
  work: (client: pg.Client) => Promise<T>,
  options?: string,
): Promise<T> {
  const client = new pg.Client({
    connectionString: address.url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...(options !== undefined && { options }),
  });
  // The query fails with the same error. Without a listener, a broken connection ends the process.
  client.on('error', () => undefined); // guard: broken-check-survived
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    const isRefused = getSqlState(error) !== undefined && classifyDbError(error) === 'permanent';
    // guard: database-certificate-refused
    throw isRefused || isCertificateError(error) ? toStartupError(error, address) : error;
  } finally {
    await client.end();
  }
}

/** Describes an error by the server's host, without the password in the URL. */
export function toStartupError(error: unknown, { variable, url }: StartupAddress): StartupError {
  if (error instanceof StartupError) return error;
  return new StartupError(
    `${variable}: cannot connect to PostgreSQL at ${new URL(url).host}: ${describeConnectionError(error)}.`,
    { cause: error },
  );
}
