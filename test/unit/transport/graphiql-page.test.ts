import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { buildSchema, getVariableValues, parse, validate, type OperationDefinitionNode } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { createExampleTabs } from '../../../src/http/routes/graphiql/examples.ts';
import { pageScript } from '../../../src/http/routes/graphiql/page-script.ts';

interface Page {
  fetch(url: string, init: object): Promise<Response>;
}

/** The storage of the browser, which all windows share. */
let kept: Map<string, string>;
let page: Page;
/** The requests that the page has sent, and its next response. */
let sent: { readonly url: string; readonly headers: Headers; readonly body: unknown }[];
let answer: () => Response;

const json = (value: unknown, status = 200) =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });

function openWindow(): Page {
  const opened: Page = {
    fetch(url: string, init: object) {
      sent.push({ url, ...(init as { headers: Headers; body: unknown }) });
      return Promise.resolve(answer());
    },
  };
  const localStorage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
  const location = { href: 'http://localhost/graphql' };
  runInNewContext(pageScript, { window: opened, localStorage, location, URL, Headers, Response, console });
  return opened;
}

beforeEach(() => {
  sent = [];
  kept = new Map();
  answer = () => json({ data: {} });
  page = openWindow();
});

const asGuest = { headers: { authorization: 'Bearer <token>', accept: 'application/json' }, body: '{}' };
const confirm = {
  ...asGuest,
  body: JSON.stringify({ query: '# <bookingId>', variables: { input: { bookingId: '<bookingId>' } } }),
};

const titleOf = (number: number) =>
  / (\w+)[ ({]/.exec(/^(?!#).+/m.exec(tabs[number - 1]?.query ?? '')?.[0] ?? '')?.[1];
const tabs = createExampleTabs(null);

async function messageOf(response: Promise<Response>): Promise<string> {
  const { errors } = (await (await response).json()) as { errors: { message: string }[] };
  return errors[0]?.message ?? '';
}

async function give(data: object, name: string): Promise<void> {
  answer = () => json({ data });
  await page.fetch('/graphql', { headers: {}, body: '{}' });
  // The page reads a copy of the response asynchronously.
  await expect.poll(() => kept.has(name)).toBe(true);
  answer = () => json({ data: {} });
}
const startSession = () => give({ startGuestSession: { token: 'abc' } }, 'sellout:token');

describe('a tab', () => {
  const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));

  const named = tabs.map((tab, i) => ({ ...tab, title: titleOf(i + 1) }));

  it.each(named)('$title is a valid operation with valid variables', ({ query, variables = '{}' }) => {
    const document = parse(query);
    expect(validate(schema, document)).toEqual([]);
    const [operation] = document.definitions as [OperationDefinitionNode];
    const given = JSON.parse(variables) as Record<string, unknown>;
    expect(getVariableValues(schema, operation.variableDefinitions ?? [], given).errors).toBeUndefined();
  });
});

it('sends the token once there is one, and other headers unchanged', async () => {
  await startSession();
  await page.fetch('/graphql', asGuest);
  expect(sent.at(-1)?.headers.get('authorization')).toBe('Bearer abc');
  expect(sent.at(-1)?.headers.get('accept')).toBe('application/json');
});

it('shares the token and the booking with a second window', async () => {
  await startSession();
  await give({ holdBestAvailable: { id: 'b1' } }, 'sellout:bookingId');
  await openWindow().fetch('/graphql', confirm);
  expect(sent.at(-1)?.headers.get('authorization')).toBe('Bearer abc');
  // Only in the variables: a comment in the query is unchanged.
  const query = '# <bookingId>';
  expect(JSON.parse(String(sent.at(-1)?.body))).toEqual({ query, variables: { input: { bookingId: 'b1' } } });
});

it('fills in the booking of a subscription, which is in the URL', async () => {
  await startSession();
  await give({ holdSeats: { id: 'b1' } }, 'sellout:bookingId');
  const variables = encodeURIComponent(JSON.stringify({ bookingId: '<bookingId>' }));
  await page.fetch(`/graphql?query=x&variables=${variables}`, { headers: asGuest.headers });
  const { searchParams } = new URL(sent.at(-1)?.url ?? '');
  expect([...searchParams]).toEqual([
    ['query', 'x'],
    ['variables', '{"bookingId":"b1"}'],
  ]);
});

describe('a tab that is run out of order', () => {
  it('is not sent without a token, and says which tab gives one', async () => {
    expect(titleOf(4)).toBe('StartGuestSession');
    for (const init of [asGuest, confirm])
      expect(await messageOf(page.fetch('/graphql', init))).toContain('Run tab 4, StartGuestSession, first');
    expect(sent).toEqual([]);
  });

  it('is not sent without a booking, and says which tabs give one', async () => {
    await startSession();
    expect([titleOf(5), titleOf(7)]).toEqual(['HoldSeats', 'HoldBestAvailable']);
    expect(await messageOf(page.fetch('/graphql', confirm))).toContain(
      'Run tab 5, HoldSeats, or tab 7, HoldBestAvailable, first',
    );
    expect(sent).toHaveLength(1);
  });
});

it('forgets a token that the server refuses, and says so', async () => {
  await startSession();
  answer = () => json({ errors: [{ message: 'no' }] }, 401);
  expect(await messageOf(page.fetch('/graphql', asGuest))).toContain('no longer valid');
  expect(kept.has('sellout:token')).toBe(false);
});

it('shows the response to a token that the user entered, and keeps its own', async () => {
  await startSession();
  answer = () => json({ errors: [{ message: 'no' }] }, 401);
  const own = { ...asGuest, headers: { authorization: 'Bearer mine' } };
  expect(await messageOf(page.fetch('/graphql', own))).toBe('no');
  expect(kept.get('sellout:token')).toBe('abc');
});

it('reads the schema without a token, because an invalid one would be refused', async () => {
  await page.fetch('/graphql', { ...asGuest, body: '{"operationName":"IntrospectionQuery"}' });
  expect(sent.at(-1)?.headers.has('authorization')).toBe(false);
});
