import type { DatabaseClock } from '../../platform/database/clock.ts';
import type { PrismaClient } from '../../platform/database/db.ts';
import { LatestSource, LatestValue } from '../../platform/latest-value.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { getRoomState, type Room, type RoomSettings, type RoomState } from '../rules/room.ts';
import { readActiveRooms, readRooms } from './rooms.sql.ts';

const REFRESH_MS = 1_000;

/** The public state of a room. It does not depend on the viewer. */
export interface RoomView extends RoomSettings {
  readonly eventId: number;
  readonly state: RoomState;
  readonly nowServing: number;
  readonly waiting: number;
  readonly inside: number;
  /** Null if the room has no lobby. */
  readonly lobbyOpensAt: Date | null;
  readonly opensAt: Date | null;
}

interface Followed {
  readonly view: LatestValue<RoomView>;
  followers: number;
}

/**
 * The active rooms of all events, as this process knows them: read once a second with one statement, however many people
 * ask. What it says about a room is at most that old. Holds do not rely on it: they read the room in their batch.
 */
export class RoomDirectory {
  readonly #db: PrismaClient;
  readonly #clock: Pick<DatabaseClock, 'nowMs'>;
  readonly #logger: Logger;
  /** The rooms that are not off, as last read. Only this class replaces it. */
  active: ReadonlyMap<number, Room> = new Map();
  readonly #followed = new Map<number, Followed>();
  #timer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(db: PrismaClient, clock: Pick<DatabaseClock, 'nowMs'>, logger: Logger) {
    this.#db = db;
    this.#clock = clock;
    this.#logger = logger;
  }

  start(): void {
    this.#timer = setInterval(() => void this.refresh(), REFRESH_MS).unref();
    void this.refresh();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Returns a room as it is known, or reads it; null if the event does not exist. */
  async get(eventId: number): Promise<Room | null> {
    return (await this.getMany([eventId])).get(eventId) ?? null;
  }

  async getMany(eventIds: readonly number[]): Promise<Map<number, Room>> {
    const unknown = eventIds.filter((eventId) => !this.active.has(eventId));
    const read = unknown.length === 0 ? new Map<number, Room>() : await readRooms(this.#db, unknown);
    for (const eventId of eventIds) {
      const room = this.active.get(eventId);
      if (room !== undefined) read.set(eventId, room);
    }
    return read;
  }

  toView(room: Room): RoomView {
    const { eventId, mode, pacePerMinute, insideMax, paused, draining, redisAway } = room;
    const hasLobby = room.mode === 'ON';
    return {
      eventId,
      mode,
      pacePerMinute,
      insideMax,
      paused,
      draining,
      redisAway,
      state: getRoomState(room, this.#clock.nowMs()),
      nowServing: room.nowServing,
      waiting: room.waiting,
      inside: room.inside,
      lobbyOpensAt: hasLobby ? new Date(room.lobbyOpensAtMs) : null,
      opensAt: room.mode === 'OFF' ? null : new Date(room.onSaleAtMs),
    };
  }

  /** Follows a room: its view now, and once a second while it is active. */
  follow(room: Room): LatestSource {
    const { eventId } = room;
    const followed = this.#followed.get(eventId) ?? {
      view: new LatestValue(this.toView(room)),
      followers: 0,
    };
    followed.followers++;
    this.#followed.set(eventId, followed);
    return new LatestSource(followed.view, () => {
      followed.followers--;
      if (followed.followers === 0) this.#followed.delete(eventId);
    });
  }

  /** Reads the active rooms now. Callers at the same time share a read. Never rejects: the last state stays. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#read().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  async #read(): Promise<void> {
    try {
      const { rooms } = await readActiveRooms(this.#db);
      this.active = new Map(rooms.map((room) => [room.eventId, room]));
      await this.#notify();
    } catch (error) {
      this.#logger.warn({ err: error }, 'failed to read the waiting rooms; keeping the last known state');
    }
  }

  /** Followers of an active room get its state each second, those of another one when it changes. */
  async #notify(): Promise<void> {
    const others = [...this.#followed.keys()].filter((eventId) => !this.active.has(eventId));
    const read = others.length === 0 ? new Map<number, Room>() : await readRooms(this.#db, others);
    for (const [eventId, { view }] of this.#followed) {
      const active = this.active.get(eventId);
      const room = active ?? read.get(eventId);
      if (room === undefined) continue;
      const next = this.toView(room);
      const changed = JSON.stringify(next) !== JSON.stringify(view.current);
      if ((active?.isOn === true && next.waiting > 0) || changed) view.set(next);
    }
  }
}
