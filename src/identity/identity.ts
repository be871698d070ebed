import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { createHash, createSecretKey, randomUUID, type webcrypto } from 'node:crypto';
import type { Config } from '../platform/config/config.ts';
import type { PrismaClient } from '../platform/database/db.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { IdentityProvider } from './identity-provider.ts';
import { KnownUsers } from './known-users.ts';
import type { Revocations } from './revocations.ts';
import { InvalidTokenError, UncheckedTokenError } from './token-errors.ts';
import type { Role, Viewer } from './viewer.ts';

/** Issuer and audience of this server's own tokens. */
const ISSUER = 'sellout';
const AUDIENCE = 'sellout';
const GUEST_TTL_SECONDS = 30 * 24 * 3600;
const TOKEN_LENGTH_MAX = 8_192;

/** Up to 255 characters, as in OpenID Connect. Control characters must not reach the database or a log. */
const SUBJECT = /^[^\p{C}\p{Zl}\p{Zp}]{1,255}$/u;

export interface IssuedToken {
  readonly token: string;
  readonly userId: string;
  readonly expiresAt: Date;
}

/**
 * Issues and verifies tokens. This server's own tokens are JWTs, signed with HS256 and the configured secret. If an
 * identity provider is configured, its tokens are accepted too. A token never chooses the algorithm that verifies it.
 */
export class Identity {
  /** Imported once. From bytes, jose would import a key for each token, which costs half as much as the signature. */
  readonly #key: webcrypto.CryptoKey;
  readonly #provider: IdentityProvider | null;
  readonly #users: KnownUsers;
  /** Viewers of the provider who could not be stored, because writes were off. */
  readonly #unstored = new WeakSet<Viewer>();
  readonly #revocations: Revocations | null;

  /**
   * Without `revocations`, revoked tokens are accepted; for commands and tests that only issue tokens. While `canWrite` is
   * false, tokens are verified and new users are not stored: nothing can refer to them then.
   */
  constructor(
    auth: Config['auth'],
    db: PrismaClient,
    logger: Logger,
    revocations: Revocations | null = null,
    canWrite: () => boolean = () => true,
  ) {
    const hmac = { name: 'HMAC', hash: 'SHA-256' };
    this.#key = createSecretKey(auth.secret, 'utf8').toCryptoKey(hmac, false, ['sign', 'verify']);
    this.#provider = auth.provider === null ? null : new IdentityProvider(auth.provider, logger);
    this.#users = new KnownUsers(db, canWrite);
    this.#revocations = revocations;
  }

  /**
   * Issues a token for a buyer without an account, valid for 30 days. Writes nothing: the first batch that creates a booking
   * of the guest stores the user.
   */
  startGuestSession(): Promise<IssuedToken> {
    return this.#sign({ userId: randomUUID(), role: 'BUYER' }, GUEST_TTL_SECONDS); // guard: guest-session-writes-nothing
  }

  /** Issues a token of this server, and stores the user if new. */
  async issue(viewer: Viewer, ttlSeconds = GUEST_TTL_SECONDS): Promise<IssuedToken> {
    await this.#users.store(ownUser(viewer));
    return this.#sign(viewer, ttlSeconds);
  }

  async #sign({ userId, role }: Viewer, ttlSeconds: number): Promise<IssuedToken> {
    const expiresAt = new Date((Math.floor(Date.now() / 1000) + ttlSeconds) * 1000);
    const token = await new SignJWT({ role })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(userId)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(expiresAt)
      .sign(this.#key);
    return { token, userId, expiresAt };
  }

  /**
   * Verifies a token and returns its bearer.
   *
   * @param authorization `Bearer …`, or the bare token.
   * @throws {InvalidTokenError}
   * @throws {UncheckedTokenError} if the identity provider's keys cannot be read.
   */
  async authenticate(authorization: string): Promise<Viewer> {
    const token = authorization.replace(/^Bearer +/i, '').trim();
    if (token === '' || token.length > TOKEN_LENGTH_MAX)
      throw new InvalidTokenError('missing or oversized token');
    try {
      return await this.#ownViewer(token);
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      if (this.#provider === null) throw new InvalidTokenError(error);
      return this.#providersViewer(this.#provider, token);
    }
  }

  /**
   * Checks that the token of an authenticated viewer is not revoked.
   *
   * @throws {InvalidTokenError}
   * @throws {UncheckedTokenError} if the revocations have not been read since the process started.
   */
  checkNotRevoked(viewer: Viewer): void {
    if (this.#revocations === null) return;
    if (!this.#revocations.isLoaded) throw new UncheckedTokenError('the revocations have not been read'); // guard: unread-revocations-refuse
    if (this.#revocations.includes(viewer)) throw new InvalidTokenError('revoked'); // guard: revoked-token-refused
  }

  /**
   * Returns false if the viewer's user could not be stored. Authenticate the token again next time: a hold would store the user
   * as a guest.
   */
  isStored(viewer: Viewer): boolean {
    return !this.#unstored.has(viewer);
  }

  /** Calls back each time that tokens are revoked: a viewer who was checked before may be revoked now. */
  onNewRevocations(listener: () => void): void {
    this.#revocations?.onChange(listener);
  }

  /** Calls back once if the viewer's token is revoked. Returns a function that stops this. */
  onRevoked(viewer: Viewer, then: () => void): () => void {
    return this.#revocations?.watch(viewer, then) ?? (() => undefined);
  }

  async #ownViewer(token: string): Promise<Viewer> {
    const { payload } = await jwtVerify(token, this.#key, {
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['exp', 'sub'],
    });
    if (!isUuid(payload.sub)) throw new InvalidTokenError('sub is not a user of this server');
    const viewer = { userId: payload.sub, role: parseRole(payload['role']), ...toTokenData(payload) };
    // Events and venues refer to the organizer's row, which may be missing: a token can outlive a database.
    if (viewer.role === 'ORGANIZER') await this.#users.store(ownUser(viewer));
    return viewer;
  }

  async #providersViewer(provider: IdentityProvider, token: string): Promise<Viewer> {
    const payload = await provider.verify(token);
    const { issuer } = provider;
    const subject: unknown = payload.sub;
    // guard: subject-format
    if (typeof subject !== 'string' || !SUBJECT.test(subject))
      throw new InvalidTokenError('sub is not 1 to 255 printable characters');
    const viewer = {
      userId: deriveUserId(issuer, subject),
      role: parseRole(payload['role']),
      ...toTokenData(payload),
    };
    const isStored = await this.#users.store({ id: viewer.userId, role: viewer.role, issuer, subject });
    if (!isStored) this.#unstored.add(viewer);
    return viewer;
  }
}

function toTokenData({ exp = 0, iat, jti }: JWTPayload) {
  return {
    expiresAtMs: exp * 1000,
    ...(typeof iat === 'number' && { issuedAtMs: iat * 1000 }),
    // Whatever the provider sends: only texts can be revoked.
    ...(typeof jti === 'string' && { tokenId: jti }),
  };
}

function ownUser({ userId, role }: Viewer) {
  return { id: userId, role, issuer: ISSUER, subject: userId };
}

function parseRole(claim: unknown): Role {
  return claim === 'ORGANIZER' ? 'ORGANIZER' : 'BUYER';
}

function isUuid(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/** Derives the user ID from issuer and subject (UUID version 8, from SHA-256), so that no lookup is needed. */
function deriveUserId(issuer: string, subject: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
