import {
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  errors,
  jwtVerify,
  type FetchImplementation,
  type JWTPayload,
} from 'jose';
import type { Config } from '../platform/config/config.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { metrics } from '../platform/observability/metrics.ts';
import { InvalidTokenError, UncheckedTokenError } from './token-errors.ts';

/** Accepted algorithms: only signatures with a public key, whatever the token's header says. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** Limits on the provider's key set (JWKS). Sets with certificate chains have about 20 KB. */
const keySetLimits = {
  bytesMax: 256 * 1024,
  keysMax: 100,
  timeoutMs: 5_000,
  /** Time for which keys are cached. A withdrawn key is noticed after it. */
  ttlMs: 600_000,
  /** Minimum interval between two fetches because of an unknown key ID. */
  rereadAfterMs: 30_000,
  /** Time after a failed fetch in which no other is attempted. */
  retryAfterMs: 1_000,
  warnEveryMs: 1_000,
} as const;

type ProviderSettings = NonNullable<Config['auth']['provider']>;

/** Verifies tokens of the configured identity provider with the keys that it publishes. */
export class IdentityProvider {
  readonly #settings: ProviderSettings;
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;
  readonly #logger: Logger;
  /** Time of the next warning at the earliest. */
  #nextWarningMs = 0;

  constructor(settings: ProviderSettings, logger: Logger) {
    this.#settings = settings;
    this.#keys = createRemoteJWKSet(new URL(settings.jwksUrl), {
      timeoutDuration: keySetLimits.timeoutMs, // guard: key-set-timeout
      cacheMaxAge: keySetLimits.ttlMs,
      cooldownDuration: keySetLimits.rereadAfterMs,
      [customFetch]: createKeySetFetch(),
    });
    this.#logger = logger;
  }

  get issuer(): string {
    return this.#settings.issuer;
  }

  /**
   * Returns the claims of a valid token.
   *
   * @throws {InvalidTokenError}
   * @throws {UncheckedTokenError} if the keys cannot be read.
   */
  async verify(token: string): Promise<JWTPayload> {
    const { issuer, audience } = this.#settings;
    try {
      checkClaims(token, issuer); // guard: hopeless-token-asks-no-provider
      const options = { algorithms: ALGORITHMS, issuer, audience, requiredClaims: ['exp', 'sub'] };
      return (await jwtVerify(token, this.#keys, options)).payload;
    } catch (error) {
      if (error instanceof InvalidTokenError) throw error;
      if (error instanceof errors.JOSEError) throw new InvalidTokenError(error);
      // The keys could not be fetched or are damaged.
      metrics.tokensUnchecked.inc();
      this.#warn(error);
      throw new UncheckedTokenError(error); // guard: unreachable-provider-keeps-tokens
    }
  }

  /** Limits the rate of warnings, because anyone can send tokens. */
  #warn(error: unknown): void {
    const nowMs = performance.now();
    if (nowMs < this.#nextWarningMs) return; // guard: provider-error-log-rate
    this.#nextWarningMs = nowMs + keySetLimits.warnEveryMs;
    this.#logger.warn({ err: error }, 'cannot verify tokens of the identity provider');
  }
}

/** Rejects tokens that no key could make valid, so that they do not cause a fetch of the keys. */
function checkClaims(token: string, issuer: string): void {
  const { iss, exp } = decodeJwt(token);
  if (iss !== issuer) throw new InvalidTokenError('another issuer');
  if (typeof exp !== 'number' || exp * 1000 <= Date.now()) throw new InvalidTokenError('expired');
}

/** Creates a `fetch` that enforces the limits of the key set, and repeats a failure until its retry time. */
function createKeySetFetch(): FetchImplementation {
  let failure: { readonly error: unknown; readonly expiresAtMs: number } | undefined;
  return async (url, options) => {
    // guard: failing-provider-backoff
    if (failure !== undefined && performance.now() < failure.expiresAtMs) throw failure.error;
    try {
      const keySet = await readKeySet(await fetch(url, options));
      failure = undefined;
      return keySet;
    } catch (cause) {
      const error = new Error('failed to fetch the key set of the identity provider', { cause });
      failure = { error, expiresAtMs: performance.now() + keySetLimits.retryAfterMs };
      throw error;
    }
  };
}

/** Returns a response with the same body, after checking that it is a key set of acceptable size. */
async function readKeySet({ status, body }: Response): Promise<Response> {
  if (status !== 200 || body === null) {
    await body?.cancel();
    throw new Error(`status ${status}`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the body.
  for await (const chunk of body as ReadableStream<Uint8Array>) {
    length += chunk.length;
    // guard: key-set-size
    if (length > keySetLimits.bytesMax) throw new Error(`more than ${keySetLimits.bytesMax} bytes`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks, length).toString('utf8');
  const { keys } = JSON.parse(text) as { readonly keys?: unknown };
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'object' && key !== null))
    throw new Error('not a key set');
  // guard: key-set-count
  if (keys.length > keySetLimits.keysMax) throw new Error(`more than ${keySetLimits.keysMax} keys`);
  return new Response(text);
}
