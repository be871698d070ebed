/*
 * A partitioned database has the tables below in ranges of event IDs. Each partition is one leaf of each table, such as
 * `bookings_p2` and `booking_seats_p2`. Foreign keys connect the leaves of one partition, never the parents: a key between
 * parents would make each check go through all partitions.
 */

/**
 * Tables with the rows of events, in the order in which batches first touch them (see run-batch.ts). Locked in this order: in another
 * one, an attempt to lock them and a batch wait for each other, and most attempts fail.
 */
export const partitionedTables = [
  'event_seats',
  'event_buyers',
  'booking_seats',
  'bookings',
  'idempotency_keys',
  'hold_requests',
  'event_changes',
] as const;

/** Tables that leaves refer to and that are not partitioned. Creating a foreign key locks them against writes. */
export const referencedTables = ['venue_seats', 'price_tiers', 'events'] as const;

/** Maximum number of partitions that are in use at a time. Each statement locks all of them, so more cost holds. */
export const PARTITIONS_MAX = 4;

/** A partition: the events with IDs of at least `from` and below `to`. Null: no limit. */
export interface Partition {
  readonly number: number;
  readonly from: number | null;
  readonly to: number | null;
}

/** Returns the name of a table's leaf. */
export function getLeaf(table: string, number: number): string {
  return `${table}_p${number}`;
}

/** Returns the condition by which PostgreSQL sees that all rows of a leaf belong to a range. */
export function formatCondition({ from, to }: Pick<Partition, 'from' | 'to'>): string {
  const limits = [
    ...(from === null ? [] : [`event_id >= ${from}`]),
    ...(to === null ? [] : [`event_id < ${to}`]),
  ];
  return limits.length === 0 ? 'true' : limits.join(' AND ');
}

/** Returns the clause that attaches a leaf for a range. */
export function formatBound({ from, to }: Pick<Partition, 'from' | 'to'>): string {
  return `FOR VALUES FROM (${from ?? 'MINVALUE'}) TO (${to ?? 'MAXVALUE'})`;
}
