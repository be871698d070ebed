import { InvalidTokenError, type Identity } from '../identity/identity.ts';
import type { Viewer } from '../identity/viewer.ts';

/** Null without a token, and for one that is not valid: fields that need a caller say so themselves. */
export async function viewerOf(
  identity: Identity,
  authorization: string | undefined,
): Promise<Viewer | null> {
  if (authorization === undefined || authorization === '') return null;
  try {
    return await identity.authenticate(authorization);
  } catch (error) {
    if (error instanceof InvalidTokenError) return null;
    throw error;
  }
}
