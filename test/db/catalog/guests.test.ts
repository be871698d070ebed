import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Identity } from '../../../src/identity/identity.ts';
import { pruneGuests } from '../../../src/identity/prune-guests.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { createBuyerId, makeHoldOverdue, silent } from '../../support/booking.ts';
import { captureStatements } from '../../support/services/capture-statements.ts';
import { bookingSuite } from '../booking/booking.fixture.ts';

const { app, hall, hold, confirm, release, session, anotherProcess } = bookingSuite();

const db = () => app().database.worker;

function createIdentity(): Identity {
  const { auth } = loadConfig({
    DATABASE_URL: 'postgres://localhost/x',
    REDIS_URL: 'redis://nowhere',
    AUTH_SECRET: randomUUID(),
  });
  return new Identity(auth, app().database.reads, silent);
}

const readUsers = (...ids: string[]) =>
  db().user.findMany({
    where: { id: { in: ids } },
    select: { id: true, role: true, issuer: true, subject: true },
  });

const storeUser = (id: string, issuer: string) =>
  db().$executeRaw(sql`INSERT INTO users (id, issuer, subject) VALUES (${id}::uuid, ${issuer}, ${id})`);

/** Makes users older by some days. */
const age = (ids: readonly string[], days: number) =>
  db().$executeRaw(sql`UPDATE users SET created_at = created_at - make_interval(days => ${days}::int),
    prune_after = prune_after - make_interval(days => ${days}::int) WHERE id = ANY(${ids}::uuid[])`);

describe('a guest', () => {
  it('gets a session without any statement', async () => {
    const identity = createIdentity();
    const statements = await captureStatements(async () => {
      const { token, userId } = await identity.startGuestSession();
      expect(await identity.authenticate(token)).toMatchObject({ userId, role: 'BUYER' });
    });
    expect(statements).toEqual([]);
  });

  it('is stored by its first hold, with the booking', async () => {
    const at = await hall();
    const buyers = [createBuyerId(), createBuyerId()];
    await Promise.all(buyers.map((buyer, seat) => hold(at, buyer, [seat])));
    await hold(at, buyers[0] ?? '', [2]);
    expect(await readUsers(...buyers)).toHaveLength(2);
    expect(await readUsers(buyers[0] ?? '')).toEqual([
      { id: buyers[0], role: 'BUYER', issuer: 'sellout', subject: buyers[0] },
    ]);
  });

  it('is not stored by a refused hold', async () => {
    const at = await hall();
    await hold(at, createBuyerId(), [0]);
    const late = createBuyerId();
    await expect(hold(at, late, [0])).rejects.toThrow();
    expect(await readUsers(late)).toEqual([]);
  });

  it('does not replace the row of a user of an identity provider', async () => {
    const at = await hall();
    const buyer = createBuyerId();
    await storeUser(buyer, 'https://provider.example');
    await hold(at, buyer, [0]);
    expect(await readUsers(buyer)).toMatchObject([{ issuer: 'https://provider.example' }]);
  });

  it('can hold at two events at the same instant', async () => {
    const [first, second] = [await hall(), await hall()];
    await using other = anotherProcess();
    const buyers = Array.from({ length: 20 }, createBuyerId);
    const reversed = buyers.toReversed();
    await Promise.all([
      ...buyers.map((buyer, seat) => hold(first, buyer, [seat])),
      ...reversed.map((buyerId, seat) =>
        other.groupCommit.submit(second.eventId, {
          command: {
            kind: 'hold',
            bookingId: randomUUID(),
            buyerId,
            named: [seat],
            quantity: 1,
            chosen: null,
            key: null,
            isAdmitted: false,
          },
          choice: null,
        }),
      ),
    ]);
    expect(await readUsers(...buyers)).toHaveLength(20);
    expect([app().warnings, other.warnings]).toEqual([[], []]);
  });
});

describe('pruning', () => {
  it('deletes guests of 30 days who have bought nothing, and stores them again if they hold', async () => {
    const at = await hall();
    const [expired, released, young] = [createBuyerId(), createBuyerId(), createBuyerId()];
    await makeHoldOverdue(db(), (await hold(at, expired, [0])).id);
    await hold(at, createBuyerId(), [0]); // Records the expiry.
    await release(at, released, (await hold(at, released, [1])).id);
    await release(at, young, (await hold(at, young, [1])).id);
    await age([expired, released], 30);
    await age([young], 29);
    await pruneGuests(db());
    expect(await readUsers(expired, released, young)).toMatchObject([{ id: young }]);
    await hold(at, released, [2]);
    expect(await readUsers(released)).toHaveLength(1);
  });

  it('keeps whoever holds or has bought seats, and postpones the next look', async () => {
    const at = await hall({ holdTtlMs: 1_000_000_000 });
    const [holder, owner] = [createBuyerId(), createBuyerId()];
    await hold(at, holder, [0]);
    await confirm(at, owner, (await hold(at, owner, [1])).id);
    await age([holder, owner], 40);
    expect(await pruneGuests(db())).toBe(false);
    expect(await readUsers(holder, owner)).toHaveLength(2);
    const [due] = await db().$queryRaw<{ days: number }[]>(
      sql`SELECT round(extract(epoch FROM prune_after - now()) / 86400)::int AS days FROM users WHERE id = ${owner}::uuid`,
    );
    expect(due?.days).toBe(40);
  });

  it('leaves organizers, users of an identity provider, and who was an organizer', async () => {
    const at = await hall();
    const [visitor, venueOwner] = [randomUUID(), randomUUID()];
    await storeUser(visitor, 'https://provider.example');
    await storeUser(venueOwner, 'sellout');
    await db().$executeRaw(
      sql`UPDATE users SET issuer = 'sellout', role = 'BUYER' WHERE id = ${at.organizerId}::uuid`,
    );
    await db().$executeRaw(
      sql`UPDATE venues SET organizer_id = ${venueOwner}::uuid WHERE organizer_id = ${at.organizerId}::uuid`,
    );
    const users = [visitor, venueOwner, at.organizerId];
    await age(users, 90);
    await pruneGuests(db());
    expect(await readUsers(...users)).toHaveLength(3);
  });

  it('passes over a guest whom another session has locked', async () => {
    const [locked, free] = [randomUUID(), randomUUID()];
    await storeUser(locked, 'sellout');
    await storeUser(free, 'sellout');
    await age([locked, free], 31);
    await session(`BEGIN; SELECT FROM users WHERE id = '${locked}' FOR UPDATE`);
    await pruneGuests(db());
    expect(await readUsers(locked, free)).toMatchObject([{ id: locked }]);
  });
});
