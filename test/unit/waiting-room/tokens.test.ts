import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ADMISSION_TTL_MS, RoomTokens } from '../../../src/waiting-room/tokens.ts';

const NOW = 1_700_000_000_000;
const tokens = new RoomTokens('a secret for tests, of no use to anybody');
const place = { eventId: 7, buyerId: randomUUID(), joinIndex: 123_456 };

describe('a place token', () => {
  const token = tokens.issuePlace(place);

  it('proves event, buyer and join index', () => {
    expect(tokens.verifyPlace(token)).toMatchObject(place);
  });

  it('is rejected with any byte changed, cut or added', () => {
    const bytes = Buffer.from(token, 'base64url');
    for (let i = 0; i < bytes.length; i++) {
      const forged = Buffer.from(bytes);
      forged[i] = (forged[i] ?? 0) ^ 1;
      expect(tokens.verifyPlace(forged.toString('base64url')), `byte ${i}`).toBeNull();
    }
    for (const other of [
      '',
      'x',
      token.slice(1),
      `${token}A`,
      token.repeat(1_000),
      '\u0000'.repeat(token.length),
    ])
      expect(tokens.verifyPlace(other)).toBeNull();
  });

  it('is rejected if another server signed it', () => {
    expect(new RoomTokens('another secret, of the same length or so').verifyPlace(token)).toBeNull();
  });

  it('admits nobody', () => {
    expect(tokens.isAdmitted(token, place, NOW)).toBe(false);
  });
});

describe('an admission token', () => {
  const { token, expiresAt } = tokens.issueAdmission(place, NOW);

  it('admits its buyer to its event, until it expires', () => {
    expect(expiresAt.getTime()).toBe(NOW + ADMISSION_TTL_MS);
    expect(tokens.isAdmitted(token, place, NOW)).toBe(true);
    expect(tokens.isAdmitted(token, place, NOW + ADMISSION_TTL_MS - 1)).toBe(true);
    expect(tokens.isAdmitted(token, place, NOW + ADMISSION_TTL_MS)).toBe(false);
  });

  it('admits neither another buyer nor to another event', () => {
    expect(tokens.isAdmitted(token, { ...place, buyerId: randomUUID() }, NOW)).toBe(false);
    expect(tokens.isAdmitted(token, { ...place, eventId: 8 }, NOW)).toBe(false);
  });

  it('is no place', () => expect(tokens.verifyPlace(token)).toBeNull());

  it('is needed', () => {
    expect(tokens.isAdmitted('', place, NOW)).toBe(false);
  });
});
