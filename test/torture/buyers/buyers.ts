import { decodeJwt } from 'jose';
import { postJson } from './post-json.ts';

const PATIENCE_MS = 30_000;

export interface Buyer {
  readonly id: string;
  readonly token: string;
}

/** Creates guest sessions. */
export function startBuyers(url: string, count: number): Promise<Buyer[]> {
  return Promise.all(Array.from({ length: count }, () => startBuyer(url)));
}

async function startBuyer(url: string): Promise<Buyer> {
  const query = 'mutation { startGuestSession { token } }';
  const { text } = await postJson(`${url}/graphql`, {}, { query }, PATIENCE_MS);
  const answer = JSON.parse(text) as { data?: { startGuestSession?: { token?: string } } };
  const token = answer.data?.startGuestSession?.token;
  const id = token === undefined ? undefined : decodeJwt(token).sub;
  if (token === undefined || id === undefined) throw new Error(`no guest session: ${JSON.stringify(answer)}`);
  return { id, token };
}
