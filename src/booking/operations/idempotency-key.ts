import { hashIdempotencyKey } from '../../platform/idempotency-key.ts';
import type { Key, KeyedOperation } from '../rules/model.ts';

/**
 * @param key chosen by the caller; null: none.
 * @param input what a retry must repeat, in one order.
 * @throws {InvalidInputError} for a key that is empty or longer than 255 characters.
 */
export function idempotencyKey(operation: KeyedOperation, key: string | null, input: unknown): Key | null {
  return key === null ? null : { operation, ...hashIdempotencyKey(key, input) };
}
