import type { Identity } from '../identity/identity.ts';
import { InvalidTokenError } from '../identity/token-errors.ts';
import type { Viewer } from '../identity/viewer.ts';

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

/** Null without a token, and for one that is not valid: fields that need a caller say so themselves. */
export async function viewerOf(
  identity: Identity,
  authorization: string | undefined,
): Promise<Viewer | null> {
  if (authorization === undefined || authorization === '') return null;
  return knownViewer(identity, authorization) ?? verifiedViewer(identity, authorization);
}

/**
 * Checking a signature costs as much as the whole of a small request besides, and buyers come back within seconds. The
 * same bytes are valid until they expire; a provider that withdraws its keys is noticed after a minute.
 */
function knownViewer(identity: Identity, authorization: string): Viewer | null {
  const known = knownByIdentity.get(identity)?.get(authorization);
  return known !== undefined && Date.now() < known.untilMs ? known.viewer : null;
}

async function verifiedViewer(identity: Identity, authorization: string): Promise<Viewer | null> {
  try {
    const viewer = await identity.authenticate(authorization);
    remember(identity, authorization, viewer);
    return viewer;
  } catch (error) {
    if (error instanceof InvalidTokenError) return null;
    throw error;
  }
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
