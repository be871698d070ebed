import type { IncomingMessage } from 'node:http';
import { httpLimits } from './limits.ts';
import { RequestError } from '../platform/request-error.ts';

export interface BodyOptions {
  /** Organizers may send a large body, a few at a time. */
  readonly organizer: boolean;
  /** Counts bytes that are kept until the returned function is called. Throws if there is no room for them. */
  readonly take: (bytes: number) => () => void;
}

let largeBodies = 0;

/**
 * Reads the whole body.
 *
 * @throws {RequestError}
 */
export async function readBody(req: IncomingMessage, { organizer, take }: BodyOptions): Promise<Buffer> {
  const encoding = req.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw new RequestError(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'The request body must not be compressed. Send it without `Content-Encoding`.',
    );
  const limit = organizer ? httpLimits.organizerBodyBytesMax : httpLimits.bodyBytesMax;
  // Absent where the body comes in chunks; that one is counted as it comes.
  const announced = Number(req.headers['content-length'] ?? 0);
  if (announced > limit) throw tooLarge(limit);
  const large =
    organizer && (announced > httpLimits.bodyBytesMax || req.headers['content-length'] === undefined);
  if (!large) return collect(req, { limit, take, timeoutMs: httpLimits.bodyTimeoutMs });
  if (largeBodies >= httpLimits.largeBodiesMax)
    throw new RequestError(503, 'BUSY', 'Too many imports are in progress. Retry later.', 10);
  largeBodies++;
  try {
    return await collect(req, {
      limit,
      take: () => () => undefined, // Their number bounds them.
      timeoutMs: httpLimits.largeBodyTimeoutMs,
    });
  } finally {
    largeBodies--;
  }
}

function tooLarge(limit: number): RequestError {
  return new RequestError(
    413,
    'PAYLOAD_TOO_LARGE',
    `The request body is larger than ${limit} bytes, the maximum size.`,
  );
}

interface Collecting {
  readonly limit: number;
  readonly timeoutMs: number;
  readonly take: BodyOptions['take'];
}

function collect(req: IncomingMessage, { limit, timeoutMs, take }: Collecting): Promise<Buffer> {
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
    const broken = () => fail(RequestError.badRequest('The request body is incomplete. Retry.'));
    req.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) return fail(tooLarge(limit));
      try {
        releases.push(take(chunk.length));
        chunks.push(chunk);
      } catch (error) {
        fail(error as Error);
      }
    });
    req.once('end', () => {
      end();
      // Every request closes; an error made for each, with its stack, would be a twentieth of the server's work.
      req.off('close', broken);
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length));
    });
    req.once('error', broken);
    req.once('close', broken);
  });
}
