import { sql, type PrismaClient } from '../platform/database/db.ts';

/** Tokens that are revoked: all that a user got until `revokedAtMs`, or one by its ID. */
export interface Revocation {
  readonly userId: string | null;
  readonly tokenId: string | null;
  readonly revokedAtMs: number;
}

/** Returns the revocations at or after a time, oldest first. */
export async function readRevocations(db: PrismaClient, sinceMs: number): Promise<readonly Revocation[]> {
  const rows = await db.$queryRaw<
    { user_id: string | null; token_id: string | null; revoked_at_ms: number }[]
  >(sql`/* readRevocations */
    SELECT user_id::text, token_id, (extract(epoch FROM revoked_at) * 1000)::float8 AS revoked_at_ms
    FROM revoked_tokens WHERE revoked_at >= to_timestamp(${sinceMs}::float8 / 1000) ORDER BY revoked_at`);
  return rows.map((row) => ({ userId: row.user_id, tokenId: row.token_id, revokedAtMs: row.revoked_at_ms }));
}

/** Returns the users with a subject, of this server or of an identity provider. */
export async function findUserIds(db: PrismaClient, subject: string): Promise<readonly string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>(
    sql`/* findUserIds */ SELECT id::text FROM users WHERE subject = ${subject} ORDER BY id`,
  );
  return rows.map(({ id }) => id);
}

/**
 * Revokes tokens, unless too many revocations stand.
 *
 * @returns the number of revocations that were stored.
 */
export async function insertRevocations(
  db: PrismaClient,
  { userIds, tokenIds }: { readonly userIds: readonly string[]; readonly tokenIds: readonly string[] },
  revocationsMax: number,
): Promise<number> {
  // guard: revocations-limit
  return db.$executeRaw(sql`/* insertRevocations */
    INSERT INTO revoked_tokens (user_id, token_id)
    SELECT w.user_id, w.token_id FROM (
      SELECT user_id, NULL::text AS token_id FROM unnest(${userIds}::uuid[]) AS u(user_id)
      UNION ALL SELECT NULL::uuid, token_id FROM unnest(${tokenIds}::text[]) AS t(token_id)) AS w
    WHERE (SELECT count(*) FROM revoked_tokens) + ${userIds.length + tokenIds.length}::int <= ${revocationsMax}::int`);
}

/** Deletes revocations older than a year. All tokens of this server have expired by then. */
export async function pruneRevocations(db: PrismaClient): Promise<void> {
  await db.$executeRaw(sql`/* pruneRevocations */
    DELETE FROM revoked_tokens WHERE revoked_at < now() - interval '1 year'`);
}
