import { brotliDecompressSync } from 'node:zlib';
import type { SeatStatus } from '../../src/generated/prisma/enums.ts';
import { encodeEventId } from '../../src/platform/ids.ts';
import { codeOf, SeatStates } from '../../src/seating/map/seat-states.ts';
import { getRequest, postHead, type HttpAnswer } from './http-client.ts';
import type { Figures } from './measure.ts';
import { seatMapPath } from './seat-map-event.ts';
import type { SeatMapServerKind } from './seat-map-server.ts';

/** An answer of a megabyte takes a second: more callers would only wait in a longer queue. */
const LIST_CONNECTIONS = 2;

export interface SeatMapContender {
  readonly server: SeatMapServerKind;
  readonly request: (eventId: number) => string;
  readonly connections?: number;
  /** Whether the map changes ten times a second meanwhile. */
  readonly changing?: true;
  /** What is shown: of each answer that has a body. */
  readonly shown?: (answer: HttpAnswer) => Shown;
}

/** What an answer says of the map. */
export interface Shown {
  /** Null: the answer does not say. */
  readonly version: number | null;
  readonly states: string;
}

export interface SeatMapFigures extends Figures {
  readonly serverMicros: number;
  /** Of one answer, head included. */
  readonly bytes: number;
}

const get =
  (headers: Record<string, string> = {}) =>
  (eventId: number) =>
    getRequest(seatMapPath(eventId), headers);
const post = (query: (id: string) => string) => (eventId: number) => {
  const body = JSON.stringify({ query: query(encodeEventId(eventId)) });
  const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
  return `${postHead('/graphql', headers)}\r\n${body}`;
};
const inBr = { 'accept-encoding': 'br' };
const unchanged = { 'if-none-match': '*' };

const ofBody = ({ body }: HttpAnswer) => JSON.parse(body.toString()) as Shown;
const ofBr = ({ body }: HttpAnswer) => JSON.parse(brotliDecompressSync(body).toString()) as Shown;
/** A ready buffer stays at the version at which it was made; the states come back to it. */
const withoutVersion = (shown: Shown): Shown => ({ ...shown, version: null });
const ofEvent = ({ body }: HttpAnswer) =>
  (JSON.parse(body.toString()) as { data: { event: { seatMap: Shown } } }).data.event.seatMap;
function ofList({ body }: HttpAnswer): Shown {
  const { data } = JSON.parse(body.toString()) as {
    data: { seats: { index: number; status: SeatStatus }[] };
  };
  const digits = data.seats.map(({ status }, index) => {
    if (data.seats[index]?.index !== index) throw new Error(`seat ${index} is not where it belongs`);
    return codeOf(status);
  });
  return { version: null, states: SeatStates.fromDigits(digits.join('')).toBase64() };
}

export const seatMapContenders = {
  bare: { server: 'bare', request: get(), shown: (answer) => withoutVersion(ofBody(answer)) },
  plain: { server: 'sellout', request: get(), shown: ofBody },
  bareBr: { server: 'bare', request: get(inBr), shown: (answer) => withoutVersion(ofBr(answer)) },
  br: { server: 'sellout', request: get(inBr), shown: ofBr },
  bareUnchanged: { server: 'bare', request: get(unchanged) },
  unchanged: { server: 'sellout', request: get(unchanged) },
  changing: { server: 'sellout', request: get(), shown: ofBody, changing: true },
  graphql: {
    server: 'sellout',
    request: post((id) => `{ event(id: "${id}") { seatMap { version states } } }`),
    shown: ofEvent,
  },
  listInMemory: {
    server: 'list',
    request: post(() => '{ seats: seatsInMemory { index status } }'),
    shown: ofList,
    connections: LIST_CONNECTIONS,
  },
  list: {
    server: 'list',
    request: post(() => '{ seats { index status } }'),
    shown: ofList,
    connections: LIST_CONNECTIONS,
  },
} as const satisfies Record<string, SeatMapContender>;

export type SeatMapRuns = Record<keyof typeof seatMapContenders, SeatMapFigures[]>;
export const seatMapNames = Object.keys(seatMapContenders) as (keyof SeatMapRuns)[];
