import { randomUUID } from 'node:crypto';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { encodeEventId, encodeId, encodeSeatId } from '../../../src/platform/ids.ts';
import { runRooms } from '../../../src/waiting-room/run-rooms.ts';
import type { SchemaClient } from '../../support/clients/schema-client.ts';
import { createHall, type Hall, type HallOptions } from '../../support/hall.ts';

export const createBuyer = (): Viewer => ({ userId: randomUUID(), role: 'BUYER' });
export const toUserId = ({ userId }: Viewer) => encodeId('User', userId);

const roomFields =
  '__typename mode state nowServing waiting inside pacePerMinute insideMax redisAway opensAt lobbyOpensAt';
const placeFields = 'token number ahead estimatedWaitSeconds chance';

/** What the successful result of each mutation selects. Default: a booking. */
const successes: Readonly<Record<string, string>> = {
  configureWaitingRoom: `... on WaitingRoom { ${roomFields} }`,
  revokeAdmission: `... on WaitingRoom { ${roomFields} }`,
  joinWaitingRoom: `... on WaitingRoomPlace { ${placeFields} }`,
  claimAdmission: '... on Admission { token expiresAt }',
  releaseHolds: '... on ReleasedHolds { count hasMore }',
  requestHold: '... on HoldRequest { id status }',
};

function select(field: string): string {
  const success = successes[field] ?? '... on Booking { id status }';
  return `__typename ${success} ... on Error { code message ... on InvalidInputError { field } }`;
}

/** An event with a waiting room, as its organizer and its buyers see it through the schema. */
export class RoomClient {
  readonly hall: Hall;
  readonly organizer: Viewer;
  readonly #client: SchemaClient;

  private constructor(client: SchemaClient, hall: Hall) {
    this.#client = client;
    this.hall = hall;
    this.organizer = { userId: hall.organizerId, role: 'ORGANIZER' };
  }

  static async create(client: SchemaClient, options: HallOptions = {}): Promise<RoomClient> {
    return new RoomClient(client, await createHall(client.app.database.reads, options));
  }

  /** Returns the same room on another node. */
  at(client: SchemaClient): RoomClient {
    return new RoomClient(client, this.hall);
  }

  get eventId(): string {
    return encodeEventId(this.hall.eventId);
  }

  seatIds(...indexes: number[]): string[] {
    return indexes.map((index) => encodeSeatId(this.hall.eventId, index));
  }

  /** Runs a mutation with one argument `input`. */
  mutate(field: string, input: object, viewer: Viewer | null, argument = 'input') {
    // requestHold takes the same input as holdSeats.
    const type =
      field === 'requestHold' ? 'HoldSeatsInput' : `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${field}(${argument}: $input) { ${select(field)} } }`;
    return this.#run(field, query, { input }, viewer);
  }

  configure(settings: object, viewer: Viewer | null = this.organizer) {
    return this.mutate('configureWaitingRoom', { eventId: this.eventId, ...settings }, viewer);
  }

  join(viewer: Viewer | null, placeToken: string | null = null, eventId = this.eventId) {
    const query = `mutation ($e: ID!, $p: String) { joinWaitingRoom(eventId: $e, placeToken: $p) { ${select('joinWaitingRoom')} } }`;
    return this.#run('joinWaitingRoom', query, { e: eventId, p: placeToken }, viewer);
  }

  claim(viewer: Viewer, placeToken: string) {
    return this.mutate('claimAdmission', { placeToken }, viewer);
  }

  leave(viewer: Viewer | null, eventId = this.eventId) {
    const query = `mutation ($e: ID!) { leaveWaitingRoom(eventId: $e) { ${roomFields} } }`;
    return this.#run('leaveWaitingRoom', query, { e: eventId }, viewer);
  }

  revoke(buyer: Viewer, viewer: Viewer | null = this.organizer, buyerId = toUserId(buyer)) {
    const query = `mutation ($e: ID!, $b: ID!) { revokeAdmission(eventId: $e, buyerId: $b) { ${select('revokeAdmission')} } }`;
    return this.#run('revokeAdmission', query, { e: this.eventId, b: buyerId }, viewer);
  }

  hold(viewer: Viewer, seats: number[], more: object = {}) {
    return this.mutate(
      'holdSeats',
      { eventId: this.eventId, seatIds: this.seatIds(...seats), ...more },
      viewer,
    );
  }

  /** Returns a buyer whose number was called, with an admission token. */
  async admit(
    viewer: Viewer = createBuyer(),
  ): Promise<{ viewer: Viewer; admissionToken: string; placeToken: string }> {
    const place = await this.join(viewer);
    await this.callAll();
    const admission = await this.claim(viewer, String(place.result['token']));
    if (admission.result['__typename'] !== 'Admission') throw new Error(JSON.stringify(admission));
    return {
      viewer,
      admissionToken: String(admission.result['token']),
      placeToken: String(place.result['token']),
    };
  }

  /** Runs the worker's task for two seconds, one tick each. */
  async callAll(): Promise<void> {
    const { database, waitingRooms, logger } = this.#client.app;
    const ctx = { db: database.worker, store: waitingRooms.store, logger };
    const now = Date.now();
    for (const clock of [now, now + 1_000]) await runRooms(ctx, () => clock);
    await waitingRooms.directory.refresh();
  }

  async #run(field: string, query: string, variables: object, viewer: Viewer | null) {
    const { data, errors } = await this.#client.ask(query, variables, viewer);
    return {
      result: (data?.[field] ?? {}) as Record<string, unknown>,
      code: errors[0]?.extensions.code as string | undefined,
      message: errors[0]?.message,
    };
  }
}
