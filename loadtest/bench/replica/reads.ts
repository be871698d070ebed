import { encodeEventId } from '../../../src/platform/ids.ts';
import { getRequest, postHead } from '../http/http-client.ts';

/** What the read requests name. */
export interface ReadTargets {
  /** Events with the same number of seats. */
  readonly eventIds: readonly number[];
  /** The first event has recorded changes up to this version. */
  readonly version: number;
  /** Token of a buyer. */
  readonly token: string;
}

export interface Read {
  readonly label: string;
  /** Whether it is a request to the port for recorded changes. */
  readonly isOfChanges?: boolean;
  /** Text that each response contains. */
  readonly expected: string;
  /** Returns the complete request of a caller. */
  readonly request: (targets: ReadTargets, caller: number) => string;
}

const page = `query ($e: ID!) { event(id: $e) { name startsAt onSaleAt status venue { name } priceTiers { name }
  availability { available held booked blocked } } }`;
const list = `{ events(first: 20) { edges { node { id name startsAt status venue { name } availability { available total } } } } }`;
const map = 'query ($e: ID!) { event(id: $e) { seatMap { version states } } }';

export const visitorPage: Read = {
  label: 'event page, visitor',
  expected: '"name":"Test Night"',
  request: ({ eventIds }, caller) => query(page, pick(eventIds, caller)),
};
const buyerPage: Read = {
  label: 'event page, buyer with a token',
  expected: '"name":"Test Night"',
  request: ({ eventIds, token }, caller) => query(page, pick(eventIds, caller), token),
};
export const firstList: Read = {
  label: 'first page of 10,000 events',
  expected: '"name":"Test Night"',
  request: () => query(list, null),
};
/** Each caller reads another event, because callers of one event share a read. */
export const uncachedMap: Read = {
  label: 'seat map of 20,000 seats, not cached',
  expected: '"states":"',
  request: ({ eventIds }, caller) => query(map, pick(eventIds, caller)),
};
const changes: Read = {
  label: 'recorded changes of 200 versions',
  isOfChanges: true,
  expected: '"versions":200',
  request: ({ eventIds, version }) =>
    getRequest(`/${pick(eventIds, 0)}/${version - 200}/${version}`, { accept: 'application/json' }),
};

export const reads: readonly Read[] = [visitorPage, buyerPage, firstList, uncachedMap, changes];

function query(text: string, eventId: number | null, token: string | null = null): string {
  const variables = eventId === null ? {} : { e: encodeEventId(eventId) };
  const body = JSON.stringify({ query: text, variables });
  const head = postHead('/graphql', {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(token !== null && { authorization: `Bearer ${token}` }),
  });
  return `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

function pick(eventIds: readonly number[], caller: number): number {
  const eventId = eventIds[caller % eventIds.length];
  if (eventId === undefined) throw new Error('no event');
  return eventId;
}
