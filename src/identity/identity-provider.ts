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

/** Never the algorithm that a token asks for: only signatures with a public key. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** Limits on the provider's key set (JWKS). Sets with certificate chains have some 20 KB. */
const keySetLimits = {
  bytesMax: 256 * 1024,
  keysMax: 100,
  timeoutMs: 5_000,
  /** How long keys are used before they are read again, so that a withdrawn key is noticed. */
  keptMs: 600_000,
  /** An unknown key id makes the server read the keys again, at most once in this time. */
  rereadAfterMs: 30_000,
  /** After a failure the provider is left alone for this long. */
  retryAfterMs: 1_000,
  warnEveryMs: 1_000,
} as const;

type ProviderSettings = NonNullable<Config['auth']['provider']>;

/** Checks the tokens of the configured identity provider with the keys that it publishes. */
export class IdentityProvider {
  readonly #settings: ProviderSettings;
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;
  readonly #logger: Logger;
  #quietUntilMs = 0;

  constructor(settings: ProviderSettings, logger: Logger) {
    this.#settings = settings;
    this.#keys = createRemoteJWKSet(new URL(settings.jwksUrl), {
      timeoutDuration: keySetLimits.timeoutMs, // guard: key-set-timeout
      cacheMaxAge: keySetLimits.keptMs,
      cooldownDuration: keySetLimits.rereadAfterMs,
      [customFetch]: keySetReader(),
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
      // Keys that were not read, or that are damaged.
      metrics.tokensUnchecked.inc();
      this.#warn(error);
      throw new UncheckedTokenError(error); // guard: unreachable-provider-keeps-tokens
    }
  }

  /** At most one line in a while: anybody can send tokens. */
  #warn(error: unknown): void {
    const nowMs = performance.now();
    if (nowMs < this.#quietUntilMs) return; // guard: provider-error-log-rate
    this.#quietUntilMs = nowMs + keySetLimits.warnEveryMs;
    this.#logger.warn({ err: error }, 'cannot verify tokens of the identity provider');
  }
}

/** Refuses what no key could make valid, so that forged and expired tokens do not make the server read keys. */
function checkClaims(token: string, issuer: string): void {
  const { iss, exp } = decodeJwt(token);
  if (iss !== issuer) throw new InvalidTokenError('another issuer');
  if (typeof exp !== 'number' || exp * 1000 <= Date.now()) throw new InvalidTokenError('expired');
}

/** Reads the key set within its limits, and leaves the provider alone for a while after a failure. */
function keySetReader(): FetchImplementation {
  let failure: { readonly error: unknown; readonly untilMs: number } | undefined;
  return async (url, options) => {
    // guard: failing-provider-backoff
    if (failure !== undefined && performance.now() < failure.untilMs) throw failure.error;
    try {
      const keySet = await readKeySet(await fetch(url, options));
      failure = undefined;
      return keySet;
    } catch (cause) {
      const error = new Error('failed to fetch the key set of the identity provider', { cause });
      failure = { error, untilMs: performance.now() + keySetLimits.retryAfterMs };
      throw error;
    }
  };
}

/** The same answer, once it is known to be a key set of acceptable size. */
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
