import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Identity } from '../../../src/identity/identity.ts';
import { Revocations } from '../../../src/identity/revocations.ts';
import { insertRevocations, pruneRevocations } from '../../../src/identity/revocations.sql.ts';
import { InvalidTokenError, UncheckedTokenError } from '../../../src/identity/token-errors.ts';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';
import { connectDatabase, sql, type Database } from '../../../src/platform/database/db.ts';
import { silent } from '../../support/booking.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';

let database: TestDatabase;
let db: Database;
let revocations: Revocations;

beforeAll(async () => {
  database = await createTestDatabase();
  db = connectDatabase(database.url, silent);
});
beforeEach(async () => {
  await db.reads.$executeRaw(sql`DELETE FROM revoked_tokens`);
  revocations = new Revocations(db.reads, silent);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const viewer = (token: Partial<Viewer> = {}): Viewer => ({ userId: randomUUID(), role: 'BUYER', ...token });

const revoke = (userIds: readonly string[], tokenIds: readonly string[] = [], max = 1_000) =>
  insertRevocations(db.reads, { userIds, tokenIds }, max);

/** Stores a revocation at a time that the test chooses. */
const revokeAt = (userId: string, ms: number) =>
  db.reads.$executeRaw(
    sql`INSERT INTO revoked_tokens (user_id, revoked_at) VALUES (${userId}::uuid, to_timestamp(${ms}::float8 / 1000))`,
  );

describe('a revocation of a user', () => {
  it('is of all tokens issued until then, and of no later one', async () => {
    const { userId } = viewer();
    await revokeAt(userId, 10_500);
    await revocations.refresh();
    const issued = [9_000, 10_000, 11_000].map((issuedAtMs) =>
      revocations.includes(viewer({ userId, issuedAtMs })),
    );
    expect(issued).toEqual([true, true, false]);
    expect(revocations.includes(viewer({ userId }))).toBe(true);
    expect(revocations.includes(viewer())).toBe(false);
  });

  it('can be repeated, for the tokens since', async () => {
    const { userId } = viewer();
    await revokeAt(userId, 20_000);
    await revokeAt(userId, 10_000);
    await revocations.refresh();
    expect(revocations.includes(viewer({ userId, issuedAtMs: 15_000 }))).toBe(true);
  });

  it('is found even if it is committed after a later one', async () => {
    const [early, late] = [viewer(), viewer()];
    await revokeAt(late.userId, 100_000);
    await revocations.refresh();
    await revokeAt(early.userId, 95_000);
    await revocations.refresh();
    expect([early, late].map((one) => revocations.includes(one))).toEqual([true, true]);
  });

  it('is deleted after a year', async () => {
    await revoke([viewer().userId]);
    await revokeAt(viewer().userId, 0);
    await pruneRevocations(db.worker);
    expect(await db.reads.revokedToken.count()).toBe(1);
  });
});

describe('a revocation of one token', () => {
  it('is of no other token of its user', async () => {
    const { userId } = viewer();
    await revoke([], ['stolen']);
    await revocations.refresh();
    const tokens = ['stolen', 'mine'].map((tokenId) => revocations.includes(viewer({ userId, tokenId })));
    expect(tokens).toEqual([true, false]);
  });
});

describe('revocations', () => {
  it('are limited in number, and stored whole or not at all', async () => {
    expect(await revoke([randomUUID(), randomUUID()], ['a'], 3)).toBe(3);
    expect(await revoke([randomUUID()], [], 3)).toBe(0);
    expect(await db.reads.revokedToken.count()).toBe(3);
  });

  it('call back once, also if the token is revoked already', async () => {
    const [watched, left, early] = [viewer(), viewer(), viewer()];
    const calls: string[] = [];
    revocations.watch(watched, () => calls.push('watched'));
    revocations.watch(left, () => calls.push('left'))();
    await revoke([watched.userId, left.userId, early.userId]);
    await revocations.refresh();
    await revocations.refresh();
    revocations.watch(early, () => calls.push('early'));
    expect(calls).toEqual(['watched', 'early']);
  });

  it('stand while they cannot be read, with one line in the log', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
    const own = new Revocations(db.reads, logger);
    const revoked = viewer();
    await revoke([revoked.userId]);
    await own.refresh();
    await db.reads.$executeRaw(sql`ALTER TABLE revoked_tokens RENAME TO unreadable`);
    await own.refresh();
    await own.refresh();
    await db.reads.$executeRaw(sql`ALTER TABLE unreadable RENAME TO revoked_tokens`);
    expect(own.includes(revoked)).toBe(true);
    expect(lines).toHaveLength(1);
  });
});

describe('a token', () => {
  const createIdentity = () => {
    const { auth } = loadConfig({
      DATABASE_URL: database.url,
      REDIS_URL: 'redis://nowhere',
      AUTH_SECRET: randomUUID(),
    });
    return new Identity(auth, db.reads, silent, revocations);
  };

  it('has an ID and the time of its issue', async () => {
    const identity = createIdentity();
    const issued = await identity.authenticate((await identity.startGuestSession()).token);
    expect(issued.tokenId).toMatch(/^[0-9a-f-]{36}$/);
    expect(Math.abs((issued.issuedAtMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('cannot be checked until the revocations have been read once', async () => {
    const identity = createIdentity();
    expect(() => identity.checkNotRevoked(viewer())).toThrow(UncheckedTokenError);
    await revocations.refresh();
    expect(() => identity.checkNotRevoked(viewer())).not.toThrow();
  });

  it('is refused once it is revoked', async () => {
    const identity = createIdentity();
    const revoked = viewer();
    await revoke([revoked.userId]);
    await revocations.refresh();
    expect(() => identity.checkNotRevoked(revoked)).toThrow(InvalidTokenError);
  });
});
