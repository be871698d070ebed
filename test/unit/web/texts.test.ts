import { readFileSync } from 'node:fs';
import { buildSchema, isUnionType } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/web/shop/api/problem.ts';
import { describeProblem } from '../../../src/web/shop/parts/describe-problem.ts';
import { formatDateTime, formatMoney, formatWait } from '../../../src/web/shop/text/format.ts';
import { activate, t } from '../../../src/web/shop/text/i18n.ts';
import { getSeatLabel } from '../../../src/web/shop/text/seat-label.ts';

const schema = buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'));
const results = ['HoldSeats', 'ConfirmBooking', 'ExtendHold', 'CancelBooking', 'ReleaseBooking'];
const others = ['JoinWaitingRoom', 'ClaimAdmission', 'RequestHold'];

/** Names of all errors that the mutations of the shop can return. */
const names = new Set(
  [...results, ...others].flatMap((name) => {
    const union = schema.getType(`${name}Result`);
    if (!isUnionType(union)) throw new Error(`${name}Result is not a union`);
    return union.getTypes().flatMap((type) => (type.name.endsWith('Error') ? [type.name] : []));
  }),
);

const fields = {
  retryAfterSeconds: 7,
  limit: 4,
  eventStatus: 'ON_SALE',
  onSaleAt: '2027-01-27T18:00:00Z',
  bookingStatus: 'EXPIRED',
  cancelableUntil: '2027-01-27T18:00:00Z',
};

const toCode = (name: string) =>
  name
    .replace(/Error$/, '')
    .replaceAll(/(?<=.)[A-Z]/g, '_$&')
    .toUpperCase();

function describeError(code: string, more: object = {}) {
  const problem = { kind: 'api', error: { code, ...fields, ...more } } as unknown as Problem;
  return describeProblem(problem, 'Europe/Berlin');
}

afterEach(() => activate('en'));

describe.each(['en', 'de'] as const)('in the language %s', (language) => {
  beforeEach(() => activate(language));

  it('every error of the API has its own words, and a next step', () => {
    expect(names.size).toBeGreaterThan(14);
    const words = [...names].map((name) => describeError(toCode(name)));
    expect(new Set(words.map(({ title }) => title)).size).toBe(names.size);
    expect(new Set(words.map(({ text }) => text)).size).toBe(names.size);
    for (const { title, text } of words) expect(`${title} ${text}`).not.toMatch(/[{}]|undefined/);
  });

  it('a short limit, a cool-down and a closed event have different words', () => {
    const waits = [7, 600, 86_400].map((retryAfterSeconds) =>
      describeError('RATE_LIMITED', { retryAfterSeconds }),
    );
    expect(new Set(waits.map(({ title }) => title)).size).toBe(3);
    const times = {
      en: ['7 seconds', '10 minutes', '24 hours'],
      de: ['7 Sekunden', '10 Minuten', '24 Stunden'],
    };
    waits.forEach(({ text }, position) => expect(text).toContain(times[language][position]));
  });
});

it('labels of seats are in the language of the page, except texts of the plan', async () => {
  const seat = { section: 'Block B', row: '3', number: '12', label: 'Block B, row 3, seat 12' };
  expect(getSeatLabel(seat)).toBe('Block B, row 3, seat 12');
  await activate('de');
  expect(getSeatLabel(seat)).toBe('Block B, Reihe 3, Platz 12');
  expect(getSeatLabel({ ...seat, row: '', label: 'Block B, seat 12' })).toBe('Block B, Platz 12');
  expect(getSeatLabel({ ...seat, label: 'Block B, Loge 3, seat 12' })).toBe('Block B, Loge 3, Platz 12');
  expect(getSeatLabel({ ...seat, label: 'Block B, row 3, AA12' })).toBe('Block B, Reihe 3, AA12');
  expect(getSeatLabel({ ...seat, label: 'Something else' })).toBe('Something else');
});

it('dates, money, plurals and waiting times follow the language, and times the zone of the hall', async () => {
  const time = '2027-07-01T18:30:00Z';
  expect(formatDateTime(time, 'America/New_York')).toMatch(/1 Jul 2027.*14:30.*(EDT|GMT-4)/);
  expect(formatMoney({ amount: 123_450, currency: 'EUR' })).toBe('€1,234.50');
  expect(t('hold', { count: 1 })).toBe('Hold 1 seat');
  await activate('de');
  expect(formatDateTime(time, 'Europe/Berlin')).toMatch(/1\. Juli 2027.*20:30.*MESZ/);
  expect(formatMoney({ amount: 123_450, currency: 'EUR' })).toBe('1.234,50\u00A0€');
  expect(t('hold', { count: 2 })).toBe('2 Plätze reservieren');
  expect(formatWait(3_601)).toBe('2 Stunden');
});

it('a name cannot reorder the sentence that contains it', () => {
  const name = 'Row\u202E\u2069\u202Elive';
  expect(t('removeSeat', { label: name })).toBe('Remove \u2068Rowlive\u2069');
  expect(t('removeSeat', { label: 'שורה' })).toBe('Remove \u2068שורה\u2069');
  expect(t('removeSeat', { label: 'Row 1' })).toBe('Remove Row 1');
});
