import { createHash } from 'node:crypto';
import { Cache } from '../../platform/cache.ts';
import { sql, type PrismaClient } from '../../platform/database/db.ts';
import { SingleFlight } from '../../platform/single-flight.ts';
import { encodeLayout, type EncodedLayout } from './encode-layout.ts';
import { EncodedLayouts } from './encoded-layouts.ts';
import type { EventInfo } from './event-info.ts';
import { frontOf } from '../best-available/front.ts';
import { LAYOUT_FORMAT } from './layout-document.ts';
import { readVenueColumns } from './venue-columns.sql.ts';
import type { VenueLayout } from './venue-layout.ts';
import type { VenueLayouts } from './venue-layouts.ts';

const INFOS_MAX = 10_000;

/** Layouts of events: a venue's seats with the event's ids and prices, as immutable JSON under a content hash. */
export class EventLayouts {
  readonly #db: PrismaClient;
  readonly #venues: VenueLayouts;
  readonly #infos = new Cache<number, EventInfo>({ entriesMax: INFOS_MAX });
  readonly #reading = new SingleFlight<number, EventInfo | undefined>();
  /** Information about published events; an event never becomes unpublished again. */
  readonly #published = new Cache<number, EventInfo>({ entriesMax: INFOS_MAX });
  readonly #encoded = new EncodedLayouts();

  constructor(db: PrismaClient, venues: VenueLayouts) {
    this.#db = db;
    this.#venues = venues;
  }

  /** Null where there is no such event. */
  async info(eventId: number): Promise<EventInfo | null> {
    return this.#infos.get(eventId) ?? (await this.infos([eventId])).get(eventId) ?? null;
  }

  /** At most one statement for all of them, and none for what is being read already. Events that do not exist are left out. */
  async infos(eventIds: readonly number[]): Promise<ReadonlyMap<number, EventInfo>> {
    const unknown = eventIds.filter((id) => !this.#infos.has(id) && !this.#reading.has(id));
    if (unknown.length > 0) this.#startReading([...new Set(unknown)]);
    const infoOf = async (id: number) => this.#infos.get(id) ?? (await this.#reading.get(id));
    const infos = await Promise.all(eventIds.map(infoOf));
    return new Map(infos.flatMap((info) => (info === undefined ? [] : [[info.eventId, info] as const])));
  }

  /** Null for a draft, as for no event at all: each takes the same statement, whatever is in memory. */
  async publishedInfo(eventId: number): Promise<EventInfo | null> {
    const known = this.#published.get(eventId);
    if (known !== undefined) return known;
    const [info] = await readInfos(this.#db, [eventId], 'published');
    if (info === undefined) return null;
    this.#published.set(eventId, info);
    return info;
  }

  /** From the database, once for all who ask at the same time. */
  async #readAgain(eventId: number): Promise<EventInfo | undefined> {
    if (!this.#reading.has(eventId)) this.#startReading([eventId]);
    return this.#reading.get(eventId);
  }

  #startReading(eventIds: readonly number[]): void {
    const all = this.#read(eventIds);
    for (const eventId of eventIds) void this.#reading.run(eventId, async () => (await all).get(eventId));
  }

  async #read(eventIds: readonly number[]): Promise<ReadonlyMap<number, EventInfo>> {
    const infos = await readInfos(this.#db, eventIds);
    for (const info of infos) this.#infos.set(info.eventId, info);
    return new Map(infos.map((info) => [info.eventId, info]));
  }

  venueLayout(info: EventInfo): Promise<VenueLayout> {
    return this.#venues.get(info.venueId);
  }

  /** The names of the sections, each once, in the order of the plan. */
  async sections(info: EventInfo): Promise<ReadonlySet<string>> {
    return sectionsOf(await this.venueLayout(info));
  }

  async path(eventId: number): Promise<string | null> {
    return (await this.paths([eventId])).get(eventId) ?? null;
  }

  /** At most one statement for all of them. Events that do not exist are left out. */
  async paths(eventIds: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const infos = await this.infos(eventIds);
    return new Map([...infos].map(([id, info]) => [id, layoutPathOf(info)]));
  }

  /**
   * Null if the event has no layout of that hash. The hash is what permits a client to see the layout of a draft. Without
   * it a draft must look like no event at all, so a wrong hash always takes a statement: an answer from memory would be
   * quicker, and show that the event exists.
   *
   * @throws {BusyError} where too many layouts wait to be made already.
   */
  async encoded(eventId: number, hash: string): Promise<EncodedLayout | null> {
    const known = this.#infos.get(eventId);
    // guard: draft-hidden-from-layout-hash
    const info = known?.layoutHash === hash ? known : await this.#readAgain(eventId);
    if (info?.layoutHash !== hash) return null;
    return this.#encoded.get(layoutPathOf(info), () => this.#encode(info));
  }

  async #encode(info: EventInfo): Promise<EncodedLayout> {
    const venue = await readVenueColumns(this.#db, info.venueId);
    return encodeLayout({ info, venue, front: frontOf(venue.width, venue.areas) });
  }
}

/** The permanent path of the layout. */
export function layoutPathOf({ eventId, layoutHash }: EventInfo): string {
  return `/layouts/${eventId}/${layoutHash}.json`;
}

async function readInfos(
  db: PrismaClient,
  eventIds: readonly number[],
  which: 'all' | 'published' = 'all',
): Promise<readonly EventInfo[]> {
  const rows = await db.$queryRaw<
    {
      id: number;
      venue_id: number;
      seats_total: number;
      orphan_rule: EventInfo['orphanRule'];
      currency: string;
      plan_hash: string;
      tiers: EventInfo['tiers'];
    }[]
  >(sql`/* readEventInfos */
    SELECT e.id, e.venue_id, e.seats_total, e.orphan_rule, e.currency, v.plan_hash,
      (SELECT json_agg(json_build_object('name', p.name, 'amount', p.amount, 'color', p.color) ORDER BY p.tier_index)
       FROM price_tiers p WHERE p.event_id = e.id) AS tiers
    FROM events e JOIN venues v ON v.id = e.venue_id
    WHERE e.id = ANY(${eventIds}::int[]) AND (${which === 'all'}::boolean OR e.status <> 'DRAFT')`);
  return rows.map((row) => {
    const { id: eventId, venue_id: venueId, seats_total: seatsTotal, currency, tiers } = row;
    const orphanRule = row.orphan_rule;
    const parts = JSON.stringify([LAYOUT_FORMAT, eventId, row.plan_hash, currency, tiers]);
    const layoutHash = createHash('sha256').update(parts).digest('base64url').slice(0, 22);
    return { eventId, venueId, seatsTotal, orphanRule, currency, tiers, layoutHash };
  });
}

const sectionsByLayout = new WeakMap<VenueLayout, ReadonlySet<string>>();

function sectionsOf(layout: VenueLayout): ReadonlySet<string> {
  const known = sectionsByLayout.get(layout);
  if (known !== undefined) return known;
  const sections = new Set(layout.sections);
  sectionsByLayout.set(layout, sections);
  return sections;
}
