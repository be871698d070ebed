import { createHash } from 'node:crypto';
import { InvalidInputError } from './errors.ts';

const KEY_LENGTH_MAX = 255;

/** SHA-256 hashes, in hexadecimal, that are stored instead of an idempotency key and its input. */
export interface HashedKey {
  readonly keyHash: string;
  readonly inputHash: string;
}

/** Checks a key. @throws {InvalidInputError} if it is empty or longer than 255 characters. */
export function checkIdempotencyKey(key: string): void {
  // Counts code points. A string of more than twice as many UTF-16 units is too long in any case.
  const length = key.length > 2 * KEY_LENGTH_MAX ? Infinity : Array.from(key).length;
  if (length < 1 || length > KEY_LENGTH_MAX) {
    throw new InvalidInputError(
      'idempotencyKey',
      `idempotencyKey must have 1 to ${KEY_LENGTH_MAX} characters.`,
    );
  }
}

/**
 * Hashes a key, and the input that a retry must repeat. Equal inputs must have the same JSON, including its order.
 *
 * @throws {InvalidInputError} as checkIdempotencyKey does.
 */
export function hashIdempotencyKey(key: string, input: unknown): HashedKey {
  checkIdempotencyKey(key);
  // UTF-16, because UTF-8 would map all lone surrogates to the same bytes.
  return { keyHash: sha256(Buffer.from(key, 'utf16le')), inputHash: sha256(JSON.stringify(input)) };
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
