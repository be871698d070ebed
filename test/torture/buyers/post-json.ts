import { Agent, request } from 'node:http';
import { withTimeout } from '../../../src/platform/with-timeout.ts';

/**
 * A separate agent, whose connections can be closed. A node that stops would wait for the first request of an unused
 * one.
 */
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

export class TimeoutError extends Error {}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** @throws {TimeoutError} after `patienceMs`; otherwise the socket's own error. */
export function postJson(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: unknown,
  patienceMs: number,
): Promise<Answer> {
  const text = JSON.stringify(body);
  const req = request(url, {
    agent,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      accept: 'application/graphql-response+json',
      ...headers,
    },
  });
  const answer = new Promise<Answer>((resolve, reject) => {
    req.once('error', reject);
    req.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
  });
  req.end(text);
  return withTimeout(answer, patienceMs, () => {
    const late = new TimeoutError(`no answer within ${patienceMs} ms`);
    req.destroy(late);
    return late;
  });
}

/** Closes idle connections. */
export function closeConnections(): void {
  agent.destroy();
}
