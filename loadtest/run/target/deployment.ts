import { parseEventId } from '../../../src/platform/ids.ts';
import { post } from '../post.ts';
import { StoredState } from './stored-state.ts';
import type { SaleEvent, Target } from './target.ts';

const EVENTS = `{ events(status: ON_SALE, first: 1) { edges { node { id venue { seatCount } } } } }`;
const EVENT = `query ($id: ID!) { event(id: $id) { id venue { seatCount } } }`;
const MAP = `query ($id: ID!) { event(id: $id) { seatMap { version states } } }`;

interface EventAnswer {
  readonly id: string;
  readonly venue: { readonly seatCount: number };
}

export interface DeploymentOptions {
  readonly url: string;
  /** Null chooses the next event on sale. */
  readonly eventId: string | null;
  /** Database of the deployment, for the audit. */
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
}

/** Uses a running deployment. Without its database, the audit and latency from COMMIT are left out. */
export function useDeployment({ url, eventId, databaseUrl, redisUrl }: DeploymentOptions): Target {
  const stored = databaseUrl === undefined ? null : new StoredState(databaseUrl, redisUrl);
  return {
    url,
    description: `the deployment at ${new URL(url).host}${stored === null ? ', whose database was not read' : ''}`,
    processes: [],
    chooseEvent: () => chooseEvent(url, eventId),
    settle: async ({ number }) => stored?.settle(number, 'overdue'),
    readMap: (event) => stored?.readMap(event.number) ?? readMapOverHttp(url, event),
    countBookings: () => Promise.resolve(null),
    readCommitTimes: async ({ number }) => (await stored?.readCommitTimes(number)) ?? new Map(),
    audit: async () => (await stored?.audit()) ?? null,
    [Symbol.asyncDispose]: async () => stored?.[Symbol.asyncDispose](),
  };
}

async function chooseEvent(url: string, eventId: string | null): Promise<SaleEvent> {
  const found =
    eventId === null
      ? (await post<{ events: { edges: { node: EventAnswer }[] } }>(url, EVENTS)).events.edges[0]?.node
      : (await post<{ event: EventAnswer | null }>(url, EVENT, { id: eventId })).event;
  const number = found == null ? null : parseEventId(found.id);
  if (found == null || number === null)
    throw new Error(eventId === null ? `${url} has no event on sale.` : `${url} has no event ${eventId}.`);
  return { id: found.id, number, seatCount: found.venue.seatCount };
}

async function readMapOverHttp(url: string, { id }: SaleEvent) {
  const answer = await post<{ event: { seatMap: { version: number; states: string } } | null }>(url, MAP, {
    id,
  });
  if (answer.event === null) throw new Error(`event ${id} is gone`);
  return answer.event.seatMap;
}
