import { clearInterval, setInterval, setTimeout } from 'k6/timers';
import { Counter } from 'k6/metrics';
import { WebSocket } from 'k6/websockets';
import { plan } from './plan.ts';

const mapMessages = new Counter('map_messages');
/** Messages that report changes, not snapshots. */
const mapChanges = new Counter('map_changes');
const mapGaps = new Counter('map_gaps');
const socketFailures = new Counter('socket_failures');

/** Conditions of a script that opens sockets. */
export const watcherThresholds = { map_gaps: ['count==0'], socket_failures: ['count==0'] };

const PROTOCOL = 'graphql-transport-ws';
const SUBSCRIPTION = `subscription ($id: ID!) { seatUpdates(eventId: $id) {
  ... on SeatMapSnapshot { version states } ... on SeatsChanged { fromVersion version seats { index status } } } }`;
const PING_EVERY_MS = 10_000;

interface Message {
  readonly type: string;
  readonly payload?: {
    readonly data?: { readonly seatUpdates?: { readonly version: number; readonly fromVersion?: number } };
  };
}

/** Watches the event's map for some seconds, and counts messages that do not continue the previous one. */
export function watchMap(seconds: number): void {
  // k6 passes the protocol on, but its types accept only null.
  const socket = new WebSocket(
    `${plan.baseUrl.replace(/^http/, 'ws')}/graphql`,
    PROTOCOL as unknown as null,
    { tags: { name: 'watch' } },
  );
  const send = (message: object) => socket.send(JSON.stringify(message));
  let isOver = false;
  let last: number | null = null;

  const take = (update: { version: number; fromVersion?: number }) => {
    mapMessages.add(1);
    if (update.fromVersion !== undefined) {
      mapChanges.add(1);
      if (update.fromVersion !== last) mapGaps.add(1);
    }
    last = update.version;
  };
  socket.onopen = () => send({ type: 'connection_init' });
  socket.onmessage = (event) => {
    if (event === undefined || !('data' in event)) return;
    const message = JSON.parse(event.data as string) as Message;
    const update = message.payload?.data?.seatUpdates;
    if (message.type === 'connection_ack')
      send({ id: '1', type: 'subscribe', payload: { query: SUBSCRIPTION, variables: { id: plan.eventId } } });
    else if (message.type === 'ping') send({ type: 'pong' });
    else if (update !== undefined) take(update);
    else if (message.type !== 'pong') socketFailures.add(1, { type: message.type });
  };
  const pings = setInterval(() => send({ type: 'ping' }), PING_EVERY_MS);
  socket.onclose = () => {
    clearInterval(pings);
    if (!isOver) socketFailures.add(1, { type: 'closed' });
  };
  // Without this, the virtual user would wait for the end of the graceful stop.
  setTimeout(() => {
    isOver = true;
    socket.close();
  }, seconds * 1_000);
}
