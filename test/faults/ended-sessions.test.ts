import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectDatabase, sql, type Database } from '../../src/platform/database/db.ts';
import { silent } from '../support/booking.ts';
import { listenOnFreePort } from '../support/services/free-port.ts';

/**
 * What PostgreSQL sends when it accepts a session and ends it at once, in one piece. A node that was frozen or is busy
 * reads both together.
 */
function readyAndEnded(): Buffer {
  const message = (type: string, body: Buffer) => {
    const head = Buffer.alloc(5);
    head.write(type);
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };
  const fatal = 'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0';
  return Buffer.concat([
    message('R', Buffer.alloc(4)),
    message('Z', Buffer.from('I')),
    message('E', Buffer.from(fatal)),
  ]);
}

let server: Server;
let database: Database;

beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(readyAndEnded()));
  });
  const port = await listenOnFreePort(server);
  database = connectDatabase(`postgresql://nobody:nothing@127.0.0.1:${port}/none`, silent);
});

afterAll(async () => {
  await database.close();
  server.close();
});

// An unhandled error event would end the process; here it would fail the test run.
it.each(['batches', 'reads', 'worker'] as const)(
  'a session that ends at once fails its transaction but not the process (%s)',
  async (pool) => {
    for (let attempt = 0; attempt < 5; attempt++) {
      await expect(database[pool].$transaction((tx) => tx.$queryRaw(sql`SELECT 1`))).rejects.toThrow();
    }
  },
);
