import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { vi } from 'vitest';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { metrics } from '../../../src/platform/observability/metrics.ts';
import type { LiveFeed } from '../../../src/seating/live/live-feed.ts';
import { nextChange } from '../../support/next-change.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { RawSocket, startHttp, type HttpFixture } from '../http/http.fixture.ts';
import { seatUpdates, valueOf } from './shared.fixture.ts';

/** An event with enough seats that a few hundred messages fill the buffers between server and client. */
export interface BigEvent {
  readonly hall: Hall;
  readonly feed: LiveFeed;
  /** Changes all seats at once, in a message of about 60 kB. */
  readonly changeAll: () => void;
  /** Changes seats until the server has skipped a slow consumer. Awaits `others` after each change. */
  changeUntilOneIsSkipped(others: () => Promise<void>): Promise<void>;
  watch(ids?: readonly string[]): Promise<RawSocket>;
  stream(): Promise<IncomingMessage>;
}

export function startPatient(): Promise<HttpFixture> {
  return startHttp({ FEED_TICK_MS: '0', READER_STUCK_SECONDS: '600' });
}

/** The minimum of the setting. */
export const BUFFER_BYTES_MAX = 65_536;

export function startImpatient(): Promise<HttpFixture> {
  return startHttp({
    FEED_TICK_MS: '0',
    READER_STUCK_SECONDS: '4',
    SOCKET_MESSAGES_PER_SECOND_MAX: '10000',
    READER_BUFFER_BYTES_MAX: String(BUFFER_BYTES_MAX),
  });
}

export async function bigEvent(http: HttpFixture, rows = 40): Promise<BigEvent> {
  const hall = await createHall(http.context.database.reads, { rows, seatsPerRow: 50 });
  const { eventId } = hall;
  const { feed } = await http.context.feeds.acquire(eventId);
  // The changes are not in the database. A comparison with it would reset the feed.
  vi.spyOn(feed, 'checkVersion').mockReturnValue();
  const changeAll = () => {
    const code = feed.version % 2 === 0 ? 1 : 0;
    const seats = Array.from({ length: hall.seatCount }, (_, seat): [number, 0 | 1] => [seat, code]);
    feed.apply(nextChange(feed, seats));
  };
  return {
    hall,
    feed,
    changeAll,
    async changeUntilOneIsSkipped(others) {
      const before = await valueOf(metrics.slowConsumersSkipped);
      for (let count = 0; count < 2_000; count++) {
        changeAll();
        await others();
        if ((await valueOf(metrics.slowConsumersSkipped)) > before) return;
      }
      throw new Error('nobody was skipped');
    },
    async watch(ids = ['1']) {
      const raw = await RawSocket.init(http.port);
      for (const id of ids) raw.subscribe(id, seatUpdates, { e: encodeEventId(eventId) });
      return raw;
    },
    async stream() {
      const req = request(`${http.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      });
      req.end(JSON.stringify({ query: seatUpdates, variables: { e: encodeEventId(eventId) } }));
      const [res] = (await once(req, 'response')) as [IncomingMessage];
      return res.setEncoding('utf8');
    },
  };
}

export const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
