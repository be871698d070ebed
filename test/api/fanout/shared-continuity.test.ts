import { afterAll, beforeAll, expect, it } from 'vitest';
import { metrics } from '../../../src/platform/observability/metrics.ts';
import { readSeatMap } from '../../../src/seating/map/seat-map.sql.ts';
import { eventually } from '../../support/eventually.ts';
import { SeatMapClient } from '../../support/clients/seat-map-client.ts';
import { RawSocket, startHttp, type HttpFixture } from '../http/http.fixture.ts';
import { applyTo, holdWith, release, seatUpdates, updateOf, valueOf } from './shared.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp({ FEED_TICK_MS: '5', SOCKET_MESSAGES_PER_SECOND_MAX: '10000' });
});
afterAll(() => http.close());

const WATCHERS = 40;
const CHANGES = 240;

/** Mulberry32. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

class Watcher {
  readonly follower = new SeatMapClient(http.hall.seatCount);
  readonly firsts: string[] = [];
  #raw: RawSocket | undefined;
  #id = 0;

  /** Subscribes again, with or without resuming, on the same socket or on a new one. */
  async subscribe(resume: boolean, reconnect: boolean): Promise<void> {
    if (this.#raw === undefined || reconnect) {
      this.#raw?.socket.terminate();
      this.#raw = await RawSocket.init(http.port);
    } else this.#raw.send({ id: String(this.#id), type: 'complete' });
    const after = resume ? this.follower.version : null;
    this.#raw.subscribe(String(++this.#id), seatUpdates, { e: http.eventId, after });
    const payload = await this.#next();
    const first = updateOf(payload);
    this.firsts.push(first.__typename);
    if (first.version < (after ?? 0) || (after === null && first.__typename !== 'SeatMapSnapshot'))
      throw new Error(`after ${after} came ${JSON.stringify(first)}`);
    applyTo(this.follower, payload);
  }

  async read(): Promise<void> {
    applyTo(this.follower, await this.#next());
  }

  close(): void {
    this.#raw?.socket.close();
  }

  /** Ignores messages of an ended subscription that are still in transit. */
  async #next(): Promise<unknown> {
    for (;;) {
      const message = (await this.#raw?.next()) ?? {};
      if (message['type'] !== 'next') throw new Error(`not expected: ${JSON.stringify(message)}`);
      if (message['id'] === String(this.#id)) return message['payload'];
    }
  }
}

it(`has no gap for ${WATCHERS} watchers that join, leave and resume at random during ${CHANGES} changes`, async () => {
  const seed = Date.now() % 1_000_000;
  const random = randomOf(seed);
  let changing = true;
  const change = async (row: number) => {
    const token = await http.token();
    for (let i = 0; i < CHANGES / 8; i++)
      await release(http, token, await holdWith(http, token, 10 * row + random(9)));
  };
  const watchers = Array.from({ length: WATCHERS }, () => new Watcher());
  const watching = watchers.map(async (watcher) => {
    while (changing) {
      await watcher.subscribe(random(3) > 0, random(4) === 0);
      for (let i = random(6); i > 0 && changing; i--) await watcher.read();
    }
    await watcher.subscribe(true, false);
  });
  await Promise.all([0, 1, 2, 3].map(change));
  changing = false;
  // One more change wakes watchers that wait for a message which does not come.
  const token = await http.token();
  const last = await holdWith(http, token, 39);
  await Promise.all(watching);
  await release(http, token, last);
  const map = await readSeatMap(http.context.database.reads, http.hall.eventId);
  await Promise.all(
    watchers.map(async (watcher) => {
      while (watcher.follower.version !== map?.version) await watcher.read();
      expect(watcher.follower.states, `seed ${seed}`).toBe(map?.states.encode());
      expect(watcher.follower.gaps, `seed ${seed}`).toEqual([]);
    }),
  );
  const firsts = watchers.flatMap((watcher) => watcher.firsts);
  expect(new Set(firsts)).toEqual(new Set(['SeatMapSnapshot', 'SeatsChanged']));
  for (const watcher of watchers) watcher.close();
  await eventually('all have left', async () => (await valueOf(metrics.sharedSubscribers)) === 0);
});
