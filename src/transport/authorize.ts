import type { Identity } from '../identity/identity.ts';
import { InvalidTokenError, UncheckedTokenError } from '../identity/token-errors.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { Exchange } from '../http/request-context.ts';
import { RequestError } from '../platform/request-error.ts';

const KNOWN_MAX = 20_000;
/** Longer tokens are checked each time. */
const KNOWN_LENGTH_MAX = 1_024;
/** How long a token is taken without looking at its signature again. */
const KNOWN_MS_MAX = 60_000;

interface Known {
  readonly viewer: Viewer;
  readonly untilMs: number;
}

const knownByIdentity = new WeakMap<Identity, Map<string, Known>>();

/**
 * Returns who sends a request; null without a token.
 *
 * @throws {RequestError} if the token is invalid or cannot be checked: such a request is refused whole.
 */
export async function requireViewer(identity: Identity, { req, res }: Exchange): Promise<Viewer | null> {
  try {
    return await viewerOf(identity, req.headers.authorization);
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
 * Returns whose socket it is; null without a token, and with an invalid one: then what is public goes on.
 *
 * @throws {UncheckedTokenError}
 */
export async function findViewer(
  identity: Identity,
  authorization: string | undefined,
): Promise<Viewer | null> {
  try {
    return await viewerOf(identity, authorization);
  } catch (error) {
    if (error instanceof InvalidTokenError) return null; // guard: invalid-token-acknowledged-on-socket
    throw error;
  }
}

async function viewerOf(identity: Identity, authorization: string | undefined): Promise<Viewer | null> {
  if (authorization === undefined || authorization === '') return null;
  const known = knownViewer(identity, authorization);
  if (known !== null) return known;
  const viewer = await identity.authenticate(authorization);
  remember(identity, authorization, viewer);
  return viewer;
}

/**
 * Checking a signature costs as much as the whole of a small request besides, and buyers come back within seconds. The
 * same bytes are valid until they expire; a provider that withdraws its keys is noticed after a minute.
 */
function knownViewer(identity: Identity, authorization: string): Viewer | null {
  const known = knownByIdentity.get(identity)?.get(authorization);
  return known !== undefined && Date.now() < known.untilMs ? known.viewer : null;
}

/** Buyers alone: they are the many, and an organizer's token opens more. */
function remember(identity: Identity, authorization: string, viewer: Viewer): void {
  if (viewer.role !== 'BUYER' || authorization.length > KNOWN_LENGTH_MAX) return;
  let known = knownByIdentity.get(identity);
  if (known === undefined) knownByIdentity.set(identity, (known = new Map<string, Known>()));
  const untilMs = Math.min(viewer.expiresAtMs ?? 0, Date.now() + KNOWN_MS_MAX);
  known.delete(authorization);
  known.set(authorization, { viewer, untilMs });
  const [oldest] = known.keys();
  if (known.size > KNOWN_MAX && oldest !== undefined) known.delete(oldest);
}
