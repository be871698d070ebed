import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Logger } from '../platform/logger.ts';
import type { Departures } from './departures.ts';
import { httpLimits } from './limits.ts';

export interface SendContext {
  readonly departures: Departures;
  readonly logger: Logger;
}

/** Sends a fetch Response. A stream ends when the reader leaves, does not read for too long, or the server stops. */
export async function sendResponse(response: Response, res: ServerResponse, ctx: SendContext): Promise<void> {
  if (res.destroyed) return discard(response, ctx.logger);
  for (const [name, value] of response.headers)
    if (!connectionHeaders.has(name.toLowerCase())) res.setHeader(name, value);
  if (isStream(response) && response.body !== null) {
    // Proxies must not collect what should arrive at once.
    res.setHeader('x-accel-buffering', 'no');
    res.writeHead(response.status);
    if (res.req.method === 'HEAD') {
      res.end();
      return discard(response, ctx.logger);
    }
    return pump(response.body.getReader(), res, ctx);
  }
  const body = Buffer.from(await response.arrayBuffer());
  if (!res.hasHeader('cache-control')) res.setHeader('cache-control', 'no-store');
  res.writeHead(response.status, { 'content-length': body.length });
  res.end(body);
}

/**
 * Headers that Node sets for the connection, and `content-encoding`, for which Yoga sends the invalid value `none`. Yoga's
 * Headers keep the spelling that they were given.
 */
const connectionHeaders = new Set([
  'connection',
  'keep-alive',
  'content-length',
  'content-encoding',
  'transfer-encoding',
]);

/** Whether it goes on for as long as both sides are there. */
export function isStream({ headers }: Response): boolean {
  return /^(?:text\/event-stream|multipart\/mixed)/.test(headers.get('content-type') ?? '');
}

/** Lets go of a response that nobody will read: the subscription behind it ends. */
export function discard({ body }: Response, logger: Logger): void {
  if (body !== null) cancel(body, logger);
}

function cancel(stream: { cancel(): Promise<void> }, logger: Logger): void {
  stream
    .cancel()
    .catch((error: unknown) => logger.debug({ err: error }, 'a response was not ended in order'));
}

async function pump(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  res: ServerResponse,
  { departures, logger }: SendContext,
): Promise<void> {
  const leave = () => cancel(reader, logger);
  res.once('close', leave);
  const stay = departures.add(leave);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || res.destroyed) break;
      if (!res.write(value)) await drained(res);
    }
  } finally {
    stay();
    res.end();
    leave();
  }
}

async function drained(res: ServerResponse): Promise<void> {
  if (res.destroyed) return;
  const over = new AbortController();
  const timer = setTimeout(() => res.destroy(), httpLimits.writeTimeoutMs);
  try {
    await Promise.race([
      once(res, 'drain', { signal: over.signal }),
      once(res, 'close', { signal: over.signal }),
    ]);
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}
