import type pg from 'pg';

/** A position in the write-ahead log, as a number of bytes. Positions of one timeline can be compared. */
export type WalPosition = number;

export interface PrimaryPosition {
  /** Up to which the log is on disk: the commits that the primary has acknowledged come before it. */
  readonly position: WalPosition;
  readonly timeline: number;
}

export interface ReplicaPosition {
  /** False if the server is a primary. */
  readonly inRecovery: boolean;
  /** Up to which the log is applied, so that reads see it. Null on a primary. */
  readonly position: WalPosition | null;
  /** The timeline that it receives. Null if it receives nothing, or if the role may not see it. */
  readonly timeline: number | null;
}

/** Reads how far the log of the primary goes. @throws if the server is a standby. */
export async function readPrimaryPosition(pool: pg.Pool): Promise<PrimaryPosition> {
  const { rows } = await pool.query<PrimaryPosition>({
    name: 'readPrimaryPosition',
    text: `/* readPrimaryPosition */ SELECT pg_wal_lsn_diff(lsn, '0/0')::float8 AS position,
        ('x' || left(pg_walfile_name(lsn), 8))::bit(32)::int AS timeline
      FROM pg_current_wal_flush_lsn() AS lsn`,
  });
  return requireRow(rows);
}

/** Reads how far a replica has applied the log. */
export async function readReplicaPosition(pool: pg.Pool): Promise<ReplicaPosition> {
  const { rows } = await pool.query<ReplicaPosition>({
    name: 'readReplicaPosition',
    text: `/* readReplicaPosition */ SELECT pg_is_in_recovery() AS "inRecovery",
        pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::float8 AS position,
        (SELECT received_tli FROM pg_stat_wal_receiver) AS timeline`,
  });
  return requireRow(rows);
}

function requireRow<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error('the position was not returned');
  return row;
}
