import { createHash } from 'node:crypto';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { afterAll, beforeAll, expect, it } from 'vitest';
import possibleTypes from '../../possible-types.json' with { type: 'json' };
import { startHttp, type HttpFixture } from '../api/http/http.fixture.ts';
import * as documents from './documents.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

it.each([
  ['POST', false],
  ['GET', true],
])(
  'Apollo’s persisted-query link falls back to the full text once and permanently (%s)',
  async (method, useGET) => {
    const sent: { readonly method: string; readonly hasQuery: boolean }[] = [];
    const overHttp = new HttpLink({
      uri: `${http.url}/graphql`,
      fetch: (input, init) => {
        const { method: used = 'GET', body } = init ?? {};
        const text = used === 'GET' ? decodeURIComponent(input as string) : (body as string);
        sent.push({ method: used, hasQuery: text.includes('query SeatsOfAnEvent') });
        return fetch(input, init);
      },
    });
    const persisted = new PersistedQueryLink({
      sha256: (text: string) => createHash('sha256').update(text).digest('hex'),
      useGETForHashedQueries: useGET,
    });
    const client = new ApolloClient({
      cache: new InMemoryCache({ possibleTypes }),
      link: persisted.concat(overHttp),
    });
    const ask = () =>
      client.query<documents.EventAnswer>({
        query: gql(documents.EVENT),
        variables: { eventId: http.eventId },
        fetchPolicy: 'no-cache',
      });
    expect((await ask()).data?.event.name).toBe('Test Night');
    expect(sent.map(({ hasQuery }) => hasQuery)).toEqual([false, true]);
    expect(sent[0]?.method).toBe(method);
    expect((await ask()).data?.event.name).toBe('Test Night');
    expect(sent.map(({ hasQuery }) => hasQuery)).toEqual([false, true, true]);
    client.stop();
  },
);
