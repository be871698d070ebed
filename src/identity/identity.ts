import { createRemoteJWKSet, errors, jwtVerify, SignJWT } from 'jose';
import { createHash, randomUUID } from 'node:crypto';
import type { Config } from '../platform/config.ts';
import type { PrismaClient } from '../platform/db.ts';
import { KnownUsers } from './known-users.ts';
import type { Role, Viewer } from './viewer.ts';

/** Of this server's own tokens. */
const ISSUER = 'sellout';
const AUDIENCE = 'sellout';
const GUEST_TTL_SECONDS = 30 * 24 * 3600;
const TOKEN_LENGTH_MAX = 8_192;

/** The token is missing a part, forged, expired, or of an issuer that is not trusted here. */
export class InvalidTokenError extends Error {
  constructor(cause: unknown) {
    super('The token is not valid.', { cause });
    this.name = 'InvalidTokenError';
  }
}

export interface IssuedToken {
  readonly token: string;
  readonly userId: string;
  readonly expiresAt: Date;
}

/**
 * Makes and checks tokens. Its own are JWTs signed with HS256 and the configured secret; with a provider configured,
 * that provider's are taken too, by its published keys. The algorithm is never the token's to choose.
 */
export class Identity {
  readonly #secret: Uint8Array;
  readonly #provider: {
    readonly keys: ReturnType<typeof createRemoteJWKSet>;
    issuer: string;
    audience: string;
  } | null;
  readonly #users: KnownUsers;

  constructor(auth: Config['auth'], db: PrismaClient) {
    this.#secret = new TextEncoder().encode(auth.secret);
    this.#provider =
      auth.provider === null
        ? null
        : { ...auth.provider, keys: createRemoteJWKSet(new URL(auth.provider.jwksUrl)) };
    this.#users = new KnownUsers(db);
  }

  /** A token for a buyer without an account, good for 30 days. */
  startGuestSession(): Promise<IssuedToken> {
    return this.issue({ userId: randomUUID(), role: 'BUYER' });
  }

  /** A token of this server's own. The user is written down if new. */
  async issue({ userId, role }: Viewer, ttlSeconds = GUEST_TTL_SECONDS): Promise<IssuedToken> {
    await this.#users.remember(ownUser({ userId, role }));
    const expiresAt = new Date((Math.floor(Date.now() / 1000) + ttlSeconds) * 1000);
    const token = await new SignJWT({ role })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(userId)
      .setIssuedAt()
      .setExpirationTime(expiresAt)
      .sign(this.#secret);
    return { token, userId, expiresAt };
  }

  /**
   * Who the bearer of a token is.
   *
   * @param authorization `Bearer …`, or the bare token.
   * @throws {InvalidTokenError}
   */
  async authenticate(authorization: string): Promise<Viewer> {
    const token = authorization.replace(/^Bearer +/i, '').trim();
    if (token === '' || token.length > TOKEN_LENGTH_MAX) throw new InvalidTokenError('no token, or too long');
    try {
      return await this.#ownViewer(token);
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      if (this.#provider === null) throw new InvalidTokenError(error);
      return this.#providersViewer(token);
    }
  }

  async #ownViewer(token: string): Promise<Viewer> {
    const { payload } = await jwtVerify(token, this.#secret, {
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['exp', 'sub'],
    });
    if (!isUuid(payload.sub)) throw new InvalidTokenError('sub is not a user of this server');
    const viewer = { userId: payload.sub, role: roleOf(payload['role']) };
    // What organizers make refers to their row, which a token may outlive (an emptied database, another one).
    if (viewer.role === 'ORGANIZER') await this.#users.remember(ownUser(viewer));
    return viewer;
  }

  async #providersViewer(token: string): Promise<Viewer> {
    if (this.#provider === null) throw new InvalidTokenError('no provider');
    const { keys, issuer, audience } = this.#provider;
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
        issuer,
        audience,
        requiredClaims: ['exp', 'sub'],
      });
      const subject = payload.sub ?? '';
      const viewer = { userId: userIdFor(issuer, subject), role: roleOf(payload['role']) };
      await this.#users.remember({ id: viewer.userId, role: viewer.role, issuer, subject });
      return viewer;
    } catch (error) {
      if (error instanceof errors.JOSEError) throw new InvalidTokenError(error);
      throw error;
    }
  }
}

function ownUser({ userId, role }: Viewer) {
  return { id: userId, role, issuer: ISSUER, subject: userId };
}

function roleOf(claim: unknown): Role {
  return claim === 'ORGANIZER' ? 'ORGANIZER' : 'BUYER';
}

function isUuid(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/** The same subject of the same issuer is always the same user, without a look-up (UUID version 8, from SHA-256). */
function userIdFor(issuer: string, subject: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
