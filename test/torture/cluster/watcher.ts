import { createClient, type Client } from 'graphql-ws';
import type { PrismaClient } from '../../../src/platform/database/db.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { readSeatMap } from '../../../src/seating/map/seat-map.sql.ts';
import { pause } from '../../support/pause.ts';
import { SeatMapClient } from '../../support/clients/seat-map-client.ts';

const CODES = { AVAILABLE: 0, HELD: 1, BOOKED: 2, BLOCKED: 3 } as const;

interface Update {
  readonly version: number;
  readonly fromVersion?: number;
  readonly states?: string;
  readonly seats?: readonly { readonly index: number; readonly status: keyof typeof CODES }[];
}

const QUERY = `subscription ($id: ID!) { seatUpdates(eventId: $id) {
  ... on SeatMapSnapshot { version states } ... on SeatsChanged { fromVersion version seats { index status } } } }`;

/** A node as its clients see it. */
export interface NodeAddress {
  readonly name: string;
  /** Null while the node is down. */
  readonly server: { readonly url: string | null };
}

/** A client that watches an event's seat map on one node, and reconnects when the node is gone. */
export class Watcher {
  readonly node: NodeAddress;
  readonly eventId: number;
  readonly #client: Client;
  readonly #seatCount: number;
  #stopped = false;
  follower: SeatMapClient;
  /** Messages that did not continue the previous one, over all connections. */
  gaps = 0;

  constructor(node: NodeAddress, eventId: number, seatCount: number) {
    this.node = node;
    this.eventId = eventId;
    this.#seatCount = seatCount;
    this.follower = new SeatMapClient(seatCount);
    this.#client = createClient({
      url: () => `${(node.server.url ?? 'http://127.0.0.1:9').replace('http', 'ws')}/graphql`,
      retryAttempts: Infinity,
      retryWait: () => pause(100),
      shouldRetry: () => true,
      keepAlive: 2_000,
      on: {
        // A new connection starts with a snapshot.
        connected: () => this.#startAnew(),
      },
    });
    this.#subscribe();
  }

  #subscribe(): void {
    this.#startAnew();
    // A node that cannot reach its database ends the subscription, so the client subscribes again.
    const again = () => void pause(200).then(() => this.#stopped || this.#subscribe());
    this.#client.subscribe<{ seatUpdates: Update }>(
      { query: QUERY, variables: { id: encodeEventId(this.eventId) } },
      { next: ({ data }) => this.#take(data?.seatUpdates), error: again, complete: again },
    );
  }

  #startAnew(): void {
    this.gaps += this.follower.gaps.length;
    this.follower = new SeatMapClient(this.#seatCount);
  }

  #take(update: Update | undefined): void {
    if (update === undefined) return;
    const { version, fromVersion = -1, states, seats = [] } = update;
    if (states !== undefined) return this.follower.apply({ kind: 'snapshot', version, states });
    const changed = seats.map(({ index, status }) => [index, CODES[status]] as const);
    this.follower.apply({ kind: 'changes', fromVersion, version, seats: changed });
  }

  /** Whether its map equals the database. */
  async isCorrect(db: PrismaClient): Promise<boolean> {
    const map = await readSeatMap(db, this.eventId);
    return (
      map !== null && this.follower.version === map.version && this.follower.states === map.states.encode()
    );
  }

  /** Stops and returns the number of gaps. */
  async stop(): Promise<number> {
    this.#stopped = true;
    await this.#client.dispose();
    return this.gaps + this.follower.gaps.length;
  }
}
