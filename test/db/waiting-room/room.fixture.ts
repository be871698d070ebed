import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { createPublisher, type Publisher } from '../../../src/messaging/publisher.ts';
import { connectDatabase, type Database } from '../../../src/platform/database/db.ts';
import { connectRedis, type Redis } from '../../../src/platform/redis/redis.ts';
import { configureRoom, type RoomSettingsInput } from '../../../src/waiting-room/configure-room.ts';
import {
  RoomStore,
  type ReservedIndexes,
  type TakenPlace,
} from '../../../src/waiting-room/redis/room-store.ts';
import { RoomDirectory } from '../../../src/waiting-room/rooms/room-directory.ts';
import { runRooms } from '../../../src/waiting-room/run-rooms.ts';
import { RoomTokens } from '../../../src/waiting-room/tokens.ts';
import { WaitingRooms, type PlaceView } from '../../../src/waiting-room/waiting-rooms.ts';
import { silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall, type Hall, type HallOptions } from '../../support/hall.ts';
import { createTestDatabase } from '../../support/services/database.ts';
import { startTestRedis, type TestRedis, type TestRedisOptions } from '../../support/services/redis.ts';

const SECOND_MS = 1_000;
export const HOUR_MS = 3_600_000;

export interface RoomServices {
  readonly database: Database;
  readonly databaseUrl: string;
  readonly redis: TestRedis;
  readonly connection: Redis;
  readonly publisher: Publisher;
  close(): Promise<void>;
}

export async function startRoomServices(redisOptions: TestRedisOptions = {}): Promise<RoomServices> {
  const [testDatabase, redis] = await Promise.all([createTestDatabase(), startTestRedis(redisOptions)]);
  const database = connectDatabase(testDatabase.url, silent);
  const connection = connectRedis(redis.address, 'test', silent);
  const publisher = createPublisher(redis.address, silent);
  await eventually('Redis is connected', () => connection.status === 'ready');
  return {
    database,
    databaseUrl: testDatabase.url,
    redis,
    connection,
    publisher,
    async close() {
      connection.disconnect();
      await publisher.close();
      await database.close();
      await Promise.all([redis.stop(), testDatabase.drop()]);
    },
  };
}

/** An event with a waiting room, and a clock that only the test moves. */
export class TestRoom {
  readonly hall: Hall;
  readonly #services: RoomServices;
  readonly clock: { now: number; nowMs(): number };
  readonly store: RoomStore;
  readonly directory: RoomDirectory;
  readonly rooms: WaitingRooms;
  readonly tokens = new RoomTokens('a secret for tests, of no use to anybody');
  /** What the waiting rooms logged as a warning, one line each. */
  readonly warnings: string[] = [];

  private constructor(services: RoomServices, hall: Hall) {
    this.#services = services;
    this.hall = hall;
    this.clock = {
      now: Date.now(),
      nowMs() {
        return this.now;
      },
    };
    this.store = new RoomStore(services.connection);
    this.directory = new RoomDirectory(services.database.reads, this.clock, silent);
    this.rooms = this.startProcess();
  }

  /** Creates the waiting rooms of another process. */
  startProcess(): WaitingRooms {
    const { store, directory, tokens, clock } = this;
    const { publisher, database } = this.#services;
    const logger = pino({ level: 'warn' }, { write: (line) => this.warnings.push(line) });
    return new WaitingRooms({ db: database.reads, store, directory, tokens, clock, publisher, logger });
  }

  /** Creates a room that is ON unless `settings` say otherwise. */
  static async create(
    services: RoomServices,
    settings: Partial<RoomSettingsInput> = {},
    hall: HallOptions = {},
  ): Promise<TestRoom> {
    const room = new TestRoom(services, await createHall(services.database.reads, hall));
    await room.configure({ mode: 'ON', ...settings });
    return room;
  }

  get eventId(): number {
    return this.hall.eventId;
  }

  async configure(settings: Partial<RoomSettingsInput>): Promise<void> {
    const unset = { mode: null, pacePerMinute: null, insideMax: null, paused: null, draining: null };
    const all = { ...unset, redisAway: null, lobbyOpensAt: null, ...settings };
    await configureRoom(this.rooms, this.#services.database.worker, this.eventId, all);
    await this.directory.refresh();
  }

  async read() {
    await this.directory.refresh();
    const room = await this.directory.get(this.eventId);
    if (room === null) throw new Error('the room is gone');
    return room;
  }

  /** Moves the clock a second at a time, with a tick of a worker after each. */
  async pass(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      this.clock.now += SECOND_MS;
      await this.tick();
    }
  }

  async tick(): Promise<void> {
    const { database } = this.#services;
    await runRooms({ db: database.worker, store: this.store, logger: silent }, () => this.clock.now);
    // A refresh that had already begun may have read the room before.
    await this.directory.refresh();
    await this.directory.refresh();
  }

  /** Takes a place of Redis alone, for a new buyer. */
  async take(reserved: ReservedIndexes | null): Promise<TakenPlace> {
    const { saleEndsAtMs } = await this.read();
    const request = { recovered: null, admitsNew: true, saleEndsAtMs, buyerId: randomUUID(), reserved };
    return this.store.takePlace(this.eventId, request);
  }

  async join(buyerId: string = randomUUID(), placeToken: string | null = null): Promise<Joined> {
    return { buyerId, ...(await this.rooms.join(await this.read(), buyerId, placeToken)) };
  }

  async joinMany(count: number): Promise<Joined[]> {
    const joined: Joined[] = [];
    for (let i = 0; i < count; i++) joined.push(await this.join());
    return joined;
  }

  claim({ buyerId, token }: Joined) {
    return this.rooms.claim(buyerId, token);
  }

  /** Returns a word for the result of a claim: `in`, or the error's code. */
  async tryClaim(joined: Joined): Promise<string> {
    try {
      await this.claim(joined);
      return 'in';
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    }
  }
}

export type Joined = PlaceView & { readonly buyerId: string };
