import { createHash } from 'node:crypto';
import { InvalidInputError } from './errors.ts';

const KEY_LENGTH_MAX = 255;

/** What is stored of an idempotency key and of its input. Hexadecimal SHA-256. */
export interface HashedKey {
  readonly keyHash: string;
  readonly inputHash: string;
}

/** @throws {InvalidInputError} for a key that is empty or longer than 255 characters. */
export function checkIdempotencyKey(key: string | null | undefined): void {
  if (key == null) return;
  // Code points, not UTF-16 units. A string of more than twice the limit in units has too many in any case.
  const length = key.length > 2 * KEY_LENGTH_MAX ? Infinity : Array.from(key).length;
  if (length < 1 || length > KEY_LENGTH_MAX) {
    throw new InvalidInputError(
      'idempotencyKey',
      `idempotencyKey must have 1 to ${KEY_LENGTH_MAX} characters.`,
    );
  }
}

/**
 * Hashes a key together with the input that a retry must repeat. `input` is JSON with one order of everything.
 *
 * @throws {InvalidInputError} as checkIdempotencyKey does.
 */
export function hashIdempotencyKey(key: string, input: unknown): HashedKey {
  checkIdempotencyKey(key);
  // UTF-16, so that strings that are equal in UTF-8 (lone surrogates) stay different.
  return { keyHash: sha256(Buffer.from(key, 'utf16le')), inputHash: sha256(JSON.stringify(input)) };
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
