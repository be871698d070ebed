import type { IncomingMessage } from 'node:http';
import { httpLimits } from './limits.ts';

/** Why a body was not taken, as an HTTP status. */
export class BodyError extends Error {
  readonly status: 400 | 408 | 413 | 415 | 503;

  constructor(status: BodyError['status'], message: string) {
    super(message);
    this.name = 'BodyError';
    this.status = status;
  }
}

let largeBodies = 0;

/**
 * The whole body. A small one is anybody's; a large one only organizers may send, and only a few at a time.
 *
 * @throws {BodyError}
 */
export async function readBody(req: IncomingMessage, organizer: boolean): Promise<Buffer> {
  const encoding = req.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new BodyError(415, 'A compressed body is not taken here.');
  const limit = organizer ? httpLimits.organizerBodyBytesMax : httpLimits.bodyBytesMax;
  // Absent where the body comes in chunks; that one is counted as it comes.
  const announced = Number(req.headers['content-length'] ?? 0);
  if (announced > limit) throw tooLarge(limit);
  const large =
    organizer && (announced > httpLimits.bodyBytesMax || req.headers['content-length'] === undefined);
  if (!large) return collect(req, limit, httpLimits.bodyTimeoutMs);
  if (largeBodies >= httpLimits.largeBodiesMax)
    throw new BodyError(503, 'Other imports are under way. Try again.');
  largeBodies++;
  try {
    return await collect(req, limit, httpLimits.largeBodyTimeoutMs);
  } finally {
    largeBodies--;
  }
}

function tooLarge(limit: number): BodyError {
  return new BodyError(413, `The body is larger than ${limit} bytes.`);
}

function collect(req: IncomingMessage, limit: number, timeoutMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const timer = setTimeout(() => fail(new BodyError(408, 'The body did not arrive in time.')), timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      req.removeAllListeners('data');
      reject(error);
    };
    const broken = () => fail(new BodyError(400, 'The body broke off.'));
    req.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) fail(tooLarge(limit));
      else chunks.push(chunk);
    });
    req.once('end', () => {
      clearTimeout(timer);
      // Every request closes; an error made for each, with its stack, would be a twentieth of the server's work.
      req.off('close', broken);
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length));
    });
    req.once('error', broken);
    req.once('close', broken);
  });
}
