import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { listenOnFreePort } from './services/free-port.ts';

const ISSUER = 'https://id.example.com/';
const AUDIENCE = 'sellout';

/** A response to send instead of the keys. */
type Answer = (keys: readonly JWK[]) => { readonly status?: number; readonly body: string } | 'nothing';

/** An identity provider that signs tokens and publishes its key over HTTP, or fails to. */
export class TestIdentityProvider implements AsyncDisposable {
  readonly #server: Server;
  readonly #key: CryptoKey;
  #answer: Answer = (keys) => ({ body: JSON.stringify({ keys }) });
  /** Number of requests for the keys. */
  asked = 0;

  private constructor(key: CryptoKey, published: JWK) {
    this.#key = key;
    this.#server = createServer((_req, res) => {
      this.asked++;
      const answer = this.#answer([published]);
      if (answer !== 'nothing') res.writeHead(answer.status ?? 200).end(answer.body);
    });
  }

  static async start(): Promise<TestIdentityProvider> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const published = { ...(await exportJWK(publicKey)), kid: 'first', alg: 'ES256' };
    const provider = new TestIdentityProvider(privateKey, published);
    await listenOnFreePort(provider.#server);
    return provider;
  }

  /** Settings of a server that accepts its tokens. */
  get environment(): Record<string, string> {
    const { port } = this.#server.address() as AddressInfo;
    return { AUTH_JWKS_URL: `http://127.0.0.1:${port}/`, AUTH_ISSUER: ISSUER, AUTH_AUDIENCE: AUDIENCE };
  }

  answerWith(answer: Answer): void {
    this.#answer = answer;
  }

  recover(): void {
    this.#answer = (keys) => ({ body: JSON.stringify({ keys }) });
  }

  /** Returns a token. `claims` override the default ones. */
  token(claims: Record<string, unknown> = {}, kid = 'first'): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const usual = { iss: ISSUER, aud: AUDIENCE, sub: 'somebody', iat: now, exp: now + 3600 };
    return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg: 'ES256', kid }).sign(this.#key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
