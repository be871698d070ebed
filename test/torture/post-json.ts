import { Agent, request } from 'node:http';

/**
 * Connections of our own, which are closed when nobody needs them: one that was opened and never used would keep a node
 * that stops waiting for its first request.
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
  return new Promise((resolve, reject) => {
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
    const timer = setTimeout(
      () => req.destroy(new TimeoutError(`no answer within ${patienceMs} ms`)),
      patienceMs,
    );
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    req.once('error', (error) => settle(() => reject(error)));
    req.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', (error) => settle(() => reject(error)));
      response.once('end', () =>
        settle(() => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() })),
      );
    });
    req.end(text);
  });
}

/** Closes the connections that are kept for later. */
export function closeConnections(): void {
  agent.destroy();
}
