import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { endTogether } from '../../../src/http/end-together.ts';
import { createRequestScope, currentRequest, runInRequest } from '../../../src/platform/request-scope.ts';

// A pause of the process must not look like a long turn.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Creates responses whose heads have been written. */
function createResponses(count: number): ServerResponse[] {
  return Array.from({ length: count }, () =>
    new ServerResponse(new IncomingMessage(new Socket())).writeHead(200).on('error', () => undefined),
  );
}

function countEnded(responses: readonly ServerResponse[]): number {
  return responses.filter((res) => res.writableEnded).length;
}

it('ends the responses that are ready in one turn when it is over', async () => {
  const responses = createResponses(31);
  for (const res of responses) endTogether(res, 'body');
  await Promise.resolve();
  expect(countEnded(responses)).toBe(0);
  await nextTurn();
  expect(countEnded(responses)).toBe(31);
});

it('lets no response wait for more than 31 others', async () => {
  const responses = createResponses(33);
  for (const res of responses) endTogether(res, 'body');
  expect(countEnded(responses)).toBe(32);
  await nextTurn();
  expect(countEnded(responses)).toBe(33);
});

it('lets no response wait for a long turn if others become ready in it', async () => {
  const responses = createResponses(3);
  const [first, second, third] = responses as [ServerResponse, ServerResponse, ServerResponse];
  endTogether(first, 'body');
  vi.advanceTimersByTime(3);
  endTogether(second, 'body');
  expect(countEnded([first, second])).toBe(2);
  endTogether(third, 'body');
  expect(countEnded([third])).toBe(0);
  await nextTurn();
  expect(countEnded([third])).toBe(1);
});

it('ends the others when the client of one has left', async () => {
  const responses = createResponses(3);
  for (const res of responses) endTogether(res, 'body');
  responses[0]?.destroy();
  await nextTurn();
  expect(countEnded(responses.slice(1))).toBe(2);
});

it.each([3, 32])('ends %i responses of different requests in none of them', async (count) => {
  const seen: unknown[] = [];
  for (const res of createResponses(count)) {
    vi.spyOn(res, 'end').mockImplementation(() => {
      seen.push(currentRequest());
      return res;
    });
    runInRequest(createRequestScope(), () => endTogether(res, 'body'));
  }
  await nextTurn();
  expect(seen).toEqual(Array.from({ length: count }, () => undefined));
});
