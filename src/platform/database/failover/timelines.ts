import { callbackify } from 'node:util';
import type pg from 'pg';
import { Prisma } from '../../../generated/prisma/client.ts';
import { getSocket } from '../connection-socket.ts';

/*
 * Keeps this process from the past. A promotion raises the timeline of PostgreSQL, so a server with a lower timeline than
 * this process has seen is an old primary that runs again. Nothing that it says counts.
 */

/** A PostgreSQL cluster, which keeps its identifier through promotions, and its timeline. */
export interface Timeline {
  readonly systemIdentifier: string;
  /** Null on a standby. */
  readonly timeline: number | null;
}

/**
 * The timeline of the server as a number, without reading its control file, whose timeline changes only at the next
 * checkpoint. Null on a standby.
 */
export const currentTimeline = Prisma.raw(
  `CASE WHEN pg_is_in_recovery() THEN NULL ELSE ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int END`,
);

/** The highest timeline that this process has seen, by the cluster's identifier: as many as it has databases. */
const highest = new Map<string, number>();

/** @throws if a connection of this process has seen a higher timeline of the same cluster. */
export function refuseOldTimeline({ systemIdentifier, timeline }: Timeline): void {
  if (timeline === null) return;
  const seen = highest.get(systemIdentifier) ?? 0;
  // The text makes it a lost connection, after which commands are retried.
  // guard: old-timeline-refused
  if (timeline < seen)
    throw new Error(
      `Connection terminated: the server is an old primary on timeline ${timeline}, after timeline ${seen} was seen`,
    );
  highest.set(systemIdentifier, timeline);
}

/**
 * Refuses new connections of a pool to an old primary, and ends those that were opened before the process heard of the
 * promotion, when they are used next.
 */
export function refuseOldPrimaries(pool: pg.Pool): void {
  const timelines = new WeakMap<pg.PoolClient, Timeline>();
  pool.on('acquire', (client) => {
    const known = timelines.get(client);
    if (known === undefined) return;
    try {
      refuseOldTimeline(known); // guard: old-connection-ended
    } catch (error) {
      getSocket(client).destroy(error as Error);
    }
  });
  pool.options.verify = callbackify(async (client: pg.PoolClient) => {
    const found = await readTimeline(client);
    refuseOldTimeline(found); // guard: old-primary-refused
    timelines.set(client, found);
  });
}

async function readTimeline(client: pg.PoolClient): Promise<Timeline> {
  const { rows } = await client.query<Timeline>(
    `/* readTimeline */ SELECT (SELECT system_identifier::text FROM pg_control_system()) AS "systemIdentifier",
       ${currentTimeline.sql} AS timeline`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('readTimeline returned no row');
  return row;
}
