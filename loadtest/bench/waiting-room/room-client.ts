import { once } from 'node:events';
import { WebSocket } from 'ws';

/*
 * Sockets of people in a waiting room, as a child process: room-client.ts PORT SOCKETS EVENT-ID. Notifies the parent when
 * all have subscribed. Then answers each message with the updates received since the last one.
 */

export interface RoomUpdates {
  /** Updates that each socket received, at least. */
  readonly fewest: number;
  readonly total: number;
  /** Size of the last update in bytes, without the header of the frame. */
  readonly bytes: number;
}

const [port, sockets, eventId] = process.argv.slice(2);
const query = `subscription ($e: ID!) { waitingRoomUpdates(eventId: $e) { state nowServing waiting inside } }`;
const received: number[] = [];
let bytes = 0;

async function open(index: number): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', {
    perMessageDeflate: false,
  });
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  const payload = { query, variables: { e: eventId } };
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
  await once(socket, 'message');
  received[index] = 0;
  socket.on('message', (data: Buffer) => {
    if (!data.includes('"nowServing"')) throw new Error(`unexpected message: ${data.toString()}`);
    received[index] = (received[index] ?? 0) + 1;
    bytes = data.length;
  });
  socket.on('close', (code) => {
    throw new Error(`the server closed a socket with ${code}`);
  });
}

function takeUpdates(): RoomUpdates {
  const fewest = received.reduce((least, count) => Math.min(least, count), Infinity);
  const total = received.reduce((sum, count) => sum + count, 0);
  received.fill(0);
  return { fewest, total, bytes };
}

const total = Number(sockets);
for (let opened = 0; opened < total; opened += 50)
  await Promise.all(Array.from({ length: Math.min(50, total - opened) }, (_, i) => open(opened + i)));
process.on('message', () => process.send?.(takeUpdates()));
process.on('disconnect', () => process.exit(0));
process.send?.({ port: 0 });
