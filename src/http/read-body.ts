import type { IncomingMessage } from 'node:http';
import { RequestError } from '../platform/request-error.ts';
import { parseRange } from './accept.ts';
import { httpLimits } from './limits.ts';

export interface BodyOptions {
  /** True if the sender may send a large body. */
  readonly allowLarge: boolean;
  /** Reserves memory until the returned function is called. Throws if there is not enough. */
  readonly reserve: (bytes: number) => () => void;
}

let largeBodies = 0;

/**
 * Reads the whole body.
 *
 * @throws {RequestError}
 */
export async function readBody(req: IncomingMessage, { allowLarge, reserve }: BodyOptions): Promise<Buffer> {
  const encoding = req.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw new RequestError(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'The request body must not be compressed. Send it without `Content-Encoding`.',
    );
  const limit = allowLarge ? httpLimits.largeBodyBytesMax : httpLimits.bodyBytesMax;
  // Absent for a chunked body, which is measured while it is read.
  const announced = Number(req.headers['content-length'] ?? 0);
  if (announced > limit) throw sizeError(limit);
  const large =
    allowLarge && (announced > httpLimits.bodyBytesMax || req.headers['content-length'] === undefined);
  if (!large) return collect(req, { limit, reserve, timeoutMs: httpLimits.bodyTimeoutMs });
  if (largeBodies >= httpLimits.largeBodiesMax)
    throw new RequestError(503, 'BUSY', 'Too many imports are in progress. Retry later.', 10);
  largeBodies++;
  try {
    return await collect(req, {
      limit,
      reserve: () => () => undefined, // The number of large bodies limits their memory.
      timeoutMs: httpLimits.largeBodyTimeoutMs,
    });
  } finally {
    largeBodies--;
  }
}

function sizeError(limit: number): RequestError {
  return new RequestError(
    413,
    'PAYLOAD_TOO_LARGE',
    `The request body is larger than ${limit} bytes, the maximum size.`,
  );
}

interface Collecting {
  readonly limit: number;
  readonly timeoutMs: number;
  readonly reserve: BodyOptions['reserve'];
}

function collect(req: IncomingMessage, { limit, timeoutMs, reserve }: Collecting): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const releases: (() => void)[] = [];
    let length = 0;
    const timer = setTimeout(
      () => fail(new RequestError(408, 'REQUEST_TIMEOUT', 'The request body did not arrive in time. Retry.')),
      timeoutMs,
    );
    const end = () => {
      clearTimeout(timer);
      for (const release of releases) release();
    };
    const fail = (error: Error) => {
      end();
      req.removeAllListeners('data');
      reject(error);
    };
    const onCutOff = () => fail(RequestError.badRequest('The request body is incomplete. Retry.'));
    req.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) return fail(sizeError(limit));
      try {
        releases.push(reserve(chunk.length));
        chunks.push(chunk);
      } catch (error) {
        fail(error as Error);
      }
    });
    req.once('end', () => {
      end();
      // Every request emits `close`. Creating an error with its stack each time would take 5% of the server's CPU.
      req.off('close', onCutOff);
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length));
    });
    req.once('error', onCutOff);
    req.once('close', onCutOff);
  });
}

/** Returns whether a `Content-Type` header names JSON, and UTF-8 if it names a charset. */
export function isJson(contentType: string | undefined): boolean {
  if (contentType === 'application/json') return true;
  const range = parseRange(contentType ?? '', 0);
  return range !== null && range.type === 'application/json'; // guard: exact-media-type
}
