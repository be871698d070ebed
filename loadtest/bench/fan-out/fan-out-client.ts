import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';

/*
 * Sockets that watch one event, as a child process: fan-out-client.ts PORT SOCKETS EVENT-ID SAME|OWN. Notifies the parent
 * when all have subscribed, and sends the arrival times each time that all have received a message.
 */

export interface FanOutArrivals {
  readonly ready?: true;
  /** Arrival time at each socket, in milliseconds since 1970. */
  readonly arrivals?: readonly number[];
}

const [port, sockets, eventId, ids] = process.argv.slice(2);
const query = `subscription ($e: ID!) { seatUpdates(eventId: $e) { __typename ... on SeatMapSnapshot { version states }
  ... on SeatsChanged { fromVersion version seats { index status } } } }`;
let arrivals: number[] = [];
const total = Number(sockets);

/** Records the arrival of each message. @throws if a message does not continue the previous one. */
function watch(socket: WebSocket): void {
  let last: number | null = null;
  socket.on('message', (data: Buffer) => {
    arrivals.push(performance.timeOrigin + performance.now());
    const from = Number(/"fromVersion":(\d+)/.exec(data.toString('latin1'))?.[1] ?? Number.NaN);
    if (last !== null && from !== last) throw new Error(`${from} does not continue ${last}`);
    last = from + 1;
    if (arrivals.length < total) return;
    process.send?.({ arrivals } satisfies FanOutArrivals);
    arrivals = [];
  });
}

async function open(): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  // Client libraries choose random IDs.
  const id = ids === 'SAME' ? '1' : randomUUID();
  socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query, variables: { e: eventId } } }));
  await once(socket, 'message');
  watch(socket);
}

for (let opened = 0; opened < total; opened += 50)
  await Promise.all(Array.from({ length: Math.min(50, total - opened) }, open));
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true } satisfies FanOutArrivals);
