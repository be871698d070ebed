import type { MaybePromise } from '../graphql/engine/execution/maybe-promise.ts';
import type { Identity } from '../identity/identity.ts';
import { InvalidTokenError, UncheckedTokenError } from '../identity/token-errors.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { RequestContext } from '../http/request-context.ts';
import { Cache } from '../platform/cache.ts';
import { RequestError } from '../platform/request-error.ts';

const VERIFIED_TOKENS_MAX = 20_000;
/** Maximum length of a token that is cached. Longer ones are verified each time. */
const CACHED_LENGTH_MAX = 1_024;
/** Maximum time for which a token is accepted without verifying its signature again. */
const VERIFIED_TTL_MS = 60_000;

interface VerifiedToken {
  readonly viewer: Viewer;
  readonly expiresAtMs: number;
}

const verifiedTokens = new WeakMap<Identity, Cache<string, VerifiedToken>>();

/**
 * Returns the viewer of a request; null without a token. Returns a promise only if a token must be verified.
 *
 * @throws {RequestError} if the token is invalid or cannot be checked. The whole request is then refused.
 */
export function requireViewer(identity: Identity, { req, res }: RequestContext): MaybePromise<Viewer | null> {
  const { authorization } = req.headers;
  if (authorization === undefined || authorization === '') return null;
  return findCachedViewer(identity, authorization) ?? verifyOrRefuse(identity, authorization, res);
}

async function verifyOrRefuse(
  identity: Identity,
  authorization: string,
  res: RequestContext['res'],
): Promise<Viewer> {
  try {
    return await verify(identity, authorization);
  } catch (error) {
    // guard: unchecked-token-retried
    if (error instanceof UncheckedTokenError)
      throw new RequestError(503, error.code, error.message, error.retryAfterSeconds);
    if (!(error instanceof InvalidTokenError)) throw error; // guard: invalid-token-refuses-request
    res.setHeader('www-authenticate', 'Bearer error="invalid_token"');
    throw new RequestError(
      401,
      'UNAUTHENTICATED',
      'The token is invalid or has expired. Send a valid token, or omit it to read public data.',
    );
  }
}

/**
 * Returns the viewer of a socket; null without a token, or with an invalid one, so that public subscriptions continue.
 *
 * @throws {UncheckedTokenError}
 */
export async function findViewer(
  identity: Identity,
  authorization: string | undefined,
): Promise<Viewer | null> {
  try {
    return await authenticate(identity, authorization);
  } catch (error) {
    if (error instanceof InvalidTokenError) return null; // guard: invalid-token-acknowledged-on-socket
    throw error;
  }
}

async function authenticate(identity: Identity, authorization: string | undefined): Promise<Viewer | null> {
  if (authorization === undefined || authorization === '') return null;
  return findCachedViewer(identity, authorization) ?? verify(identity, authorization);
}

async function verify(identity: Identity, authorization: string): Promise<Viewer> {
  const viewer = await identity.authenticate(authorization);
  // Nothing may come between the check and the cache, which a revocation empties.
  identity.checkNotRevoked(viewer);
  if (identity.isStored(viewer)) cacheViewer(identity, authorization, viewer); // guard: unstored-viewer-not-cached
  return viewer;
}

/**
 * Verifying a signature costs as much as the rest of a small request, and buyers send several requests within seconds.
 * If the provider withdraws a key, that takes effect after VERIFIED_TTL_MS.
 */
function findCachedViewer(identity: Identity, authorization: string): Viewer | null {
  const token = verifiedTokens.get(identity)?.get(authorization);
  return token !== undefined && Date.now() < token.expiresAtMs ? token.viewer : null;
}

/** Caches only buyers: they send most requests, and an organizer's token permits more. */
function cacheViewer(identity: Identity, authorization: string, viewer: Viewer): void {
  if (viewer.role !== 'BUYER' || authorization.length > CACHED_LENGTH_MAX) return;
  let tokens = verifiedTokens.get(identity);
  if (tokens === undefined) {
    const created = (tokens = new Cache({ entriesMax: VERIFIED_TOKENS_MAX }));
    verifiedTokens.set(identity, created);
    identity.onNewRevocations(() => created.clear()); // guard: revocation-empties-cache
  }
  const expiresAtMs = Math.min(viewer.expiresAtMs ?? 0, Date.now() + VERIFIED_TTL_MS);
  tokens.set(authorization, { viewer, expiresAtMs });
}
