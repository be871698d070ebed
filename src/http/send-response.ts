import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { httpLimits } from './limits.ts';

/** Sends a fetch Response. A stream ends when the reader leaves, does not read for too long, or the server stops. */
export async function sendResponse(
  response: Response,
  res: ServerResponse,
  stopping: AbortSignal,
): Promise<void> {
  if (res.destroyed) return discard(response);
  const type = response.headers.get('content-type') ?? '';
  for (const [name, value] of response.headers) if (!ownHeaders.has(name)) res.setHeader(name, value);
  if (/^(?:text\/event-stream|multipart\/mixed)/.test(type) && response.body !== null) {
    // Proxies must not collect what should arrive at once.
    res.setHeader('x-accel-buffering', 'no');
    res.writeHead(response.status);
    return pump(response.body.getReader(), res, stopping);
  }
  const body = Buffer.from(await response.arrayBuffer());
  if (!res.hasHeader('cache-control')) res.setHeader('cache-control', 'no-store');
  res.writeHead(response.status, { 'content-length': body.length });
  res.end(body);
}

/** Node's business, or (`content-encoding: none`) no value that there is. */
const ownHeaders = new Set(['connection', 'content-length', 'content-encoding', 'transfer-encoding']);

/** Lets go of a response that nobody will read: the subscription behind it ends. */
export function discard(response: Response): void {
  response.body?.cancel().catch(() => undefined);
}

async function pump(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  res: ServerResponse,
  stopping: AbortSignal,
): Promise<void> {
  const leave = () => {
    reader.cancel().catch(() => undefined);
  };
  res.once('close', leave);
  if (stopping.aborted) leave();
  else stopping.addEventListener('abort', leave, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || res.destroyed) break;
      if (!res.write(value)) await drained(res);
    }
  } finally {
    stopping.removeEventListener('abort', leave);
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
