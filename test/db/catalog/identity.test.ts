import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Identity } from '../../../src/identity/identity.ts';
import { InvalidTokenError, UncheckedTokenError } from '../../../src/identity/token-errors.ts';
import { loadConfig, type Config } from '../../../src/platform/config/config.ts';
import { connectDatabase, type Database } from '../../../src/platform/database/db.ts';
import { metrics } from '../../../src/platform/observability/metrics.ts';
import { findViewer } from '../../../src/transport/authorize.ts';
import { silent } from '../../support/booking.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';
import { eventually } from '../../support/eventually.ts';
import { TestIdentityProvider } from '../../support/identity-provider.ts';

let database: TestDatabase;
let db: Database;
let provider: TestIdentityProvider;
let auth: Config['auth'];
let identity: Identity;
const log: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = connectDatabase(database.url, silent);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

beforeEach(async () => {
  provider = await TestIdentityProvider.start();
  log.length = 0;
  ({ auth } = loadConfig({
    DATABASE_URL: database.url,
    REDIS_URL: 'redis://nowhere',
    AUTH_SECRET: randomUUID(),
    ...provider.environment,
  }));
  const logger = pino({ level: 'warn' }, { write: (line: string) => void log.push(line) });
  identity = new Identity(auth, db.reads, logger);
});
afterEach(() => provider[Symbol.asyncDispose]());

describe('tokens of an identity provider', () => {
  it('are authenticated again after writes were off, so that their users are stored with their issuer', async () => {
    let canWrite = false;
    identity = new Identity(auth, db.reads, silent, null, () => canWrite);
    const token = `Bearer ${await provider.token({ sub: randomUUID() })}`;
    const { userId: id } = (await findViewer(identity, token)) ?? {};
    const readUser = () => db.reads.user.findUnique({ where: { id: id ?? '' }, select: { issuer: true } });
    expect(await readUser()).toBeNull();
    canWrite = true;
    await findViewer(identity, token);
    expect(await readUser()).toEqual({ issuer: provider.environment['AUTH_ISSUER'] });
  });

  it('identify their bearer as the same user each time', async () => {
    const first = await identity.authenticate(`Bearer ${await provider.token()}`);
    const second = await identity.authenticate(await provider.token({ role: 'ORGANIZER' }));
    expect(first.role).toBe('BUYER');
    expect(second).toMatchObject({ userId: first.userId, role: 'ORGANIZER' });
    expect(provider.asked).toBe(1);
  });

  it('have an expiry', async () => {
    const exp = Math.floor(Date.now() / 1000) + 90;
    const viewer = await identity.authenticate(await provider.token({ exp }));
    expect(viewer.expiresAtMs).toBe(exp * 1000);
  });

  it.each([
    ['1 character', 'x'],
    ['255 characters', 'x'.repeat(255)],
    ['255 characters outside the basic plane', '𝕏'.repeat(255)],
    ['letters and marks of any script', 'Zoë Ångström|日本 5'],
  ])('may have a sub of %s', async (_name, sub) => {
    await expect(identity.authenticate(await provider.token({ sub }))).resolves.toMatchObject({
      role: 'BUYER',
    });
  });

  it.each([
    ['nothing', ''],
    ['256 characters', 'x'.repeat(256)],
    ['NUL', 'a\0b'],
    ['a line break', 'a\nb'],
    ['a line separator', 'a\u2028b'],
    ['a direction override', 'a\u202eb'],
    ['a lone surrogate', 'a\ud800b'],
    ['a number', 5],
  ])('are invalid with a sub of %s', async (_name, sub) => {
    await expect(identity.authenticate(await provider.token({ sub }))).rejects.toThrow(InvalidTokenError);
  });

  it('are invalid with an unknown key ID or the signature of another key', async () => {
    await expect(identity.authenticate(await provider.token({}, 'other'))).rejects.toThrow(InvalidTokenError);
    const other = await TestIdentityProvider.start();
    const forged = await other.token();
    await other[Symbol.asyncDispose]();
    await expect(identity.authenticate(forged)).rejects.toThrow(InvalidTokenError);
  });
});

const failures: Record<string, Parameters<TestIdentityProvider['answerWith']>[0]> = {
  'an error': () => ({ status: 500, body: '{}' }),
  'a body that is not JSON': () => ({ body: '<html>' }),
  'JSON that is not a key set': () => ({ body: '{"keys":{}}' }),
  'keys that are not objects': () => ({ body: '{"keys":[null]}' }),
  'more than 100 keys': ([key]) => ({ body: JSON.stringify({ keys: Array(101).fill(key) }) }),
  'more than 256 KiB': (keys) => ({ body: JSON.stringify({ keys, padding: 'x'.repeat(256 * 1024) }) }),
  'a damaged key': ([key]) => ({ body: JSON.stringify({ keys: [{ ...key, x: 'AAAA' }] }) }),
};

describe('an identity provider that fails', () => {
  for (const [name, answer] of Object.entries(failures))
    it(`leaves tokens unverified instead of invalid: ${name}`, async () => {
      provider.answerWith(answer);
      const before = (await metrics.tokensUnchecked.get()).values[0]?.value ?? 0;
      await expect(identity.authenticate(await provider.token())).rejects.toThrow(UncheckedTokenError);
      expect((await metrics.tokensUnchecked.get()).values[0]?.value).toBe(before + 1);
    });

  it('is detected if it does not respond', async () => {
    provider.answerWith(() => 'nothing');
    await expect(identity.authenticate(await provider.token())).rejects.toThrow(UncheckedTokenError);
  });

  it('is called once for many tokens, logged once, and called again later', async () => {
    provider.answerWith(() => ({ status: 503, body: '' }));
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, i) => provider.token({ sub: `s${i}` })));
    for (const token of tokens)
      await expect(identity.authenticate(token)).rejects.toThrow(UncheckedTokenError);
    expect([provider.asked, log.length]).toEqual([1, 1]);
    expect(log[0]).toContain('"level":40');
    provider.recover();
    await eventually('its tokens are accepted again', () =>
      identity.authenticate(tokens[0] ?? '').then(
        () => true,
        () => false,
      ),
    );
  });

  it('does not change that tokens which no key could make valid are invalid', async () => {
    provider.answerWith(() => ({ status: 503, body: '' }));
    const past = Math.floor(Date.now() / 1000) - 1;
    for (const claims of [{ exp: past }, { exp: undefined }, { iss: 'https://evil.example.com/' }])
      await expect(identity.authenticate(await provider.token(claims))).rejects.toThrow(InvalidTokenError);
    await expect(identity.authenticate('nonsense')).rejects.toThrow(InvalidTokenError);
    expect(provider.asked).toBe(0);
  });

  it('does not affect this server’s own tokens', async () => {
    provider.answerWith(() => ({ status: 503, body: '' }));
    const { token, userId } = await identity.startGuestSession();
    await expect(identity.authenticate(token)).resolves.toMatchObject({ userId });
    expect(provider.asked).toBe(0);
  });
});
