import { createHash } from 'node:crypto';
import { InvalidInputError } from '../platform/errors.ts';
import type { Key, KeyedOperation } from './model.ts';

const KEY_LENGTH_MAX = 255;

/**
 * @param key what the caller made up; null: none.
 * @param input what a repetition must have the same, in one order.
 * @throws {InvalidInputError} for a key that is empty or longer than 255 characters.
 */
export function idempotencyKey(operation: KeyedOperation, key: string | null, input: unknown): Key | null {
  if (key === null) return null;
  // Characters, not UTF-16 units. A string of more than twice the limit in units has too many in any case.
  const length = key.length > 2 * KEY_LENGTH_MAX ? Infinity : Array.from(key).length;
  if (length < 1 || length > KEY_LENGTH_MAX) {
    throw new InvalidInputError(
      'idempotencyKey',
      `idempotencyKey must have 1 to ${KEY_LENGTH_MAX} characters.`,
    );
  }
  // UTF-16, so that strings which UTF-8 would make the same (lone surrogates) stay apart.
  return {
    operation,
    keyHash: sha256(Buffer.from(key, 'utf16le')),
    inputHash: sha256(JSON.stringify(input)),
  };
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
