import type { Socket } from 'node:net';
import type pg from 'pg';

/** Returns the socket of a connection, which the driver does not declare. */
export function getSocket(client: pg.PoolClient): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}
