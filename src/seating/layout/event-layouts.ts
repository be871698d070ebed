import { Cache } from '../../platform/cache.ts';
import type { PrismaClient } from '../../platform/database/db.ts';
import type { ReplicaReads } from '../../platform/database/replicas/replicas.ts';
import { SingleFlight } from '../../platform/single-flight.ts';
import { getNeighborsAround, type Neighbors } from '../rows/neighbors.ts';
import { encodeLayout, EncodedLayouts, type EncodedLayout } from './encoded-layouts.ts';
import { readEventInfos, type EventInfo } from './event-info.sql.ts';
import { findFront } from './front.ts';
import { readVenueColumns } from './venue-columns.sql.ts';
import type { VenueLayout } from './venue-layout.ts';
import type { VenueLayouts } from './venue-layouts.ts';

const INFOS_MAX = 10_000;

interface EventReads {
  /** The primary. */
  readonly reads: PrismaClient;
  readonly replicas: ReplicaReads;
}

/** Layouts of events: the seats of the venue with the event's IDs and prices, as immutable JSON under a content hash. */
export class EventLayouts {
  readonly #db: PrismaClient;
  readonly #replicas: ReplicaReads;
  readonly #venues: VenueLayouts;
  readonly #infos = new Cache<number, EventInfo>({ entriesMax: INFOS_MAX });
  readonly #reading = new SingleFlight<number, EventInfo | undefined>();
  /** Information about published events; an event never becomes unpublished again. */
  readonly #published = new Cache<number, EventInfo>({ entriesMax: INFOS_MAX });
  readonly #encoded = new EncodedLayouts();

  constructor({ reads, replicas }: EventReads, venues: VenueLayouts) {
    this.#db = reads;
    this.#replicas = replicas;
    this.#venues = venues;
  }

  /** Returns null if the event does not exist. */
  async info(eventId: number): Promise<EventInfo | null> {
    return this.#infos.get(eventId) ?? (await this.infos([eventId])).get(eventId) ?? null;
  }

  /** Uses at most one statement, and none for events that are being read already. Events that do not exist are left out. */
  async infos(eventIds: readonly number[]): Promise<ReadonlyMap<number, EventInfo>> {
    const unknown = eventIds.filter((id) => !this.#infos.has(id) && !this.#reading.has(id));
    if (unknown.length > 0) this.#startReading([...new Set(unknown)]);
    const getInfo = async (id: number) => this.#infos.get(id) ?? (await this.#reading.get(id));
    const infos = await Promise.all(eventIds.map(getInfo));
    return new Map(infos.flatMap((info) => (info === undefined ? [] : [[info.eventId, info] as const])));
  }

  /** Returns null for a draft, as for a missing event. Both take the same statement, regardless of what is in memory. */
  async publishedInfo(eventId: number): Promise<EventInfo | null> {
    const known = this.#published.get(eventId);
    if (known !== undefined) return known;
    const [info] = await readEventInfos(this.#db, [eventId], 'published');
    if (info === undefined) return null;
    this.#published.set(eventId, info);
    return info;
  }

  /** Reads from the database. Concurrent calls share one read. */
  async #readAgain(eventId: number): Promise<EventInfo | undefined> {
    if (!this.#reading.has(eventId)) this.#startReading([eventId]);
    return this.#reading.get(eventId);
  }

  #startReading(eventIds: readonly number[]): void {
    const all = this.#read(eventIds);
    for (const eventId of eventIds) void this.#reading.run(eventId, async () => (await all).get(eventId));
  }

  async #read(eventIds: readonly number[]): Promise<ReadonlyMap<number, EventInfo>> {
    const infos = await readEventInfos(this.#db, eventIds);
    for (const info of infos) this.#infos.set(info.eventId, info);
    return new Map(infos.map((info) => [info.eventId, info]));
  }

  venueLayout(info: EventInfo): Promise<VenueLayout> {
    return this.#venues.get(info.venueId);
  }

  /**
   * Returns the seats around some seats. Empty if the event allows orphans, because then no rule needs them. Also empty for
   * a draft: its seats cannot be held, and the response must not reveal that it exists.
   */
  async getNeighborsAround(
    eventId: number,
    seats: readonly number[],
  ): Promise<ReadonlyMap<number, Neighbors>> {
    const info = await this.publishedInfo(eventId); // guard: draft-hidden-from-preparation
    if (info === null || info.orphanRule === 'ALLOW') return new Map();
    const existing = seats.filter((seat) => seat < info.seatsTotal);
    return getNeighborsAround(await this.venueLayout(info), existing);
  }

  /** Returns the names of the sections in the order of the plan. */
  async sections(info: EventInfo): Promise<ReadonlySet<string>> {
    return getSections(await this.venueLayout(info));
  }

  async path(eventId: number): Promise<string | null> {
    return (await this.paths([eventId])).get(eventId) ?? null;
  }

  /** Uses at most one statement. Events that do not exist are left out. */
  async paths(eventIds: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const infos = await this.infos(eventIds);
    return new Map([...infos].map(([id, info]) => [id, layoutPath(info)]));
  }

  /**
   * Returns null if the event has no layout with this hash. Knowing the hash permits a client to see the layout of a draft.
   * Without it, a draft must look like a missing event, so a wrong hash always takes a statement: a faster response from
   * memory would reveal that the event exists.
   *
   * @throws {BusyError} if too many layouts wait to be encoded.
   */
  async encoded(eventId: number, hash: string): Promise<EncodedLayout | null> {
    const known = this.#infos.get(eventId);
    // guard: draft-hidden-from-layout-hash
    const info = known?.layoutHash === hash ? known : await this.#readAgain(eventId);
    if (info?.layoutHash !== hash) return null;
    return this.#encoded.get(layoutPath(info), () => this.#encode(info));
  }

  async #encode(info: EventInfo): Promise<EncodedLayout> {
    const venue = await this.#replicas.read((db) => readVenueColumns(db, info.venueId));
    return encodeLayout({ info, venue, front: findFront(venue.width, venue.areas) });
  }
}

/** Returns the permanent URL path of the layout. */
export function layoutPath({ eventId, layoutHash }: EventInfo): string {
  return `/layouts/${eventId}/${layoutHash}.json`;
}

const sectionsByLayout = new WeakMap<VenueLayout, ReadonlySet<string>>();

function getSections(layout: VenueLayout): ReadonlySet<string> {
  const known = sectionsByLayout.get(layout);
  if (known !== undefined) return known;
  const sections = new Set(layout.sections);
  sectionsByLayout.set(layout, sections);
  return sections;
}
