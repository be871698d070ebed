import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startHttp, type HttpFixture } from './http.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

describe('GraphQL over HTTP', () => {
  for (const audit of serverAudits({ url: () => `${http.url}/graphql`, fetchFn: fetch })) {
    // Each audit throws, or answers, what it found wrong.
    // oxlint-disable-next-line vitest/expect-expect
    it(`${audit.id}: ${audit.name}`, async () => {
      const result = await audit.fn();
      if (result.status !== 'ok') throw new Error(result.reason);
    });
  }
});
