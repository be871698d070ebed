import { runInNewContext } from 'node:vm';
import { beforeEach, expect, it } from 'vitest';
import { pageScript } from '../../src/http/graphiql/page-script.ts';

interface Page {
  fetch(url: string, init: object): Promise<Response>;
}

let page: Page;
/** What the page sent, and what it is answered next. */
let sent: { readonly url: string; readonly headers: Headers; readonly body: unknown }[];
let answer: () => Response;

const json = (value: unknown, status = 200) =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });

beforeEach(() => {
  sent = [];
  answer = () => json({ data: {} });
  const kept = new Map<string, string>();
  page = {
    fetch(url: string, init: object) {
      sent.push({ url, ...(init as { headers: Headers; body: unknown }) });
      return Promise.resolve(answer());
    },
  };
  const sessionStorage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
  runInNewContext(pageScript, { window: page, sessionStorage, Headers, console });
});

const asGuest = { headers: { authorization: 'Bearer <token>', accept: 'application/json' }, body: '{}' };

async function startSession(): Promise<void> {
  answer = () => json({ data: { startGuestSession: { token: 'abc' } } });
  const response = await page.fetch('/graphql', { headers: {}, body: '{}' });
  await response.text();
  // What is remembered is read from a copy, in its own time.
  await expect
    .poll(() => page.fetch('/graphql', asGuest).then(() => sent.at(-1)?.headers.get('authorization')))
    .toBe('Bearer abc');
  answer = () => json({ data: {} });
}

it('sends no authorization before there is a token, and the token once there is one', async () => {
  await page.fetch('/graphql', asGuest);
  expect(sent.at(-1)?.headers.has('authorization')).toBe(false);
  expect(sent.at(-1)?.headers.get('accept')).toBe('application/json');
  await startSession();
  expect(sent.at(-1)?.headers.get('authorization')).toBe('Bearer abc');
});

it('forgets a token that the server refuses', async () => {
  await startSession();
  answer = () => json({ errors: [{ message: 'no' }] }, 401);
  await page.fetch('/graphql', asGuest);
  await page.fetch('/graphql', asGuest);
  expect(sent.at(-1)?.headers.has('authorization')).toBe(false);
});
