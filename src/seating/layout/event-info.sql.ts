import { createHash } from 'node:crypto';
import type { OrphanRule } from '../../generated/prisma/enums.ts';
import { sql, type PrismaClient } from '../../platform/database/db.ts';

/** Version of the layout's JSON format. Raising it changes the URL of every layout. */
export const LAYOUT_FORMAT = 1;

/** The properties of an event that never change. */
export interface EventInfo {
  readonly eventId: number;
  readonly venueId: number;
  readonly seatsTotal: number;
  /** Rule for choices that leave a single seat alone. */
  readonly orphanRule: OrphanRule;
  readonly currency: string;
  readonly tiers: readonly {
    readonly name: string;
    readonly amount: number;
    readonly color: string | null;
  }[];
  /** Hash of everything that the layout contains. */
  readonly layoutHash: string;
}

/** Events that do not exist are left out, and drafts too if only published events are read. */
export async function readEventInfos(
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
