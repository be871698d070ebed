import { brotliDecompressSync } from 'node:zlib';
import type { SeatStatus } from '../../../src/generated/prisma/enums.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { packDigits, toSeatCode } from '../../../src/seating/map/seat-map.ts';
import { getRequest, postHead, type HttpResponse } from '../http/http-client.ts';
import type { Figures } from '../measure.ts';
import { seatMapPath } from './seat-map-event.ts';
import type { SeatMapServerKind } from './seat-map-server.ts';

/** A response of several megabytes takes about a second, so more callers would only wait longer. */
const LIST_CONNECTIONS = 2;

export interface SeatMapContender {
  readonly server: SeatMapServerKind;
  readonly request: (eventId: number) => string;
  readonly connections?: number;
  /** Changes the map ten times a second during the measurement. */
  readonly changing?: true;
  /** Reads the map from a response with a body. */
  readonly shown?: (response: HttpResponse) => Shown;
}

/** The map in a response. */
export interface Shown {
  /** Null if the response contains no version. */
  readonly version: number | null;
  readonly states: string;
}

export interface SeatMapFigures extends Figures {
  readonly serverMicros: number;
  /** Size of one response, including its head. */
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

const parseBody = ({ body }: HttpResponse) => JSON.parse(body.toString()) as Shown;
const parseBrotli = ({ body }: HttpResponse) => JSON.parse(brotliDecompressSync(body).toString()) as Shown;
/** The prepared buffer keeps its original version; the states return to their original values. */
const withoutVersion = (shown: Shown): Shown => ({ ...shown, version: null });
const parseEvent = ({ body }: HttpResponse) =>
  (JSON.parse(body.toString()) as { data: { event: { seatMap: Shown } } }).data.event.seatMap;
function parseList({ body }: HttpResponse): Shown {
  const { data } = JSON.parse(body.toString()) as {
    data: { seats: { index: number; status: SeatStatus }[] };
  };
  const digits = data.seats.map(({ status }, index) => {
    if (data.seats[index]?.index !== index) throw new Error(`seat ${index} is out of order`);
    return toSeatCode(status);
  });
  return { version: null, states: packDigits(digits.join('')).encode() };
}

export const seatMapContenders = {
  bare: { server: 'bare', request: get(), shown: (response) => withoutVersion(parseBody(response)) },
  plain: { server: 'sellout', request: get(), shown: parseBody },
  bareBr: { server: 'bare', request: get(inBr), shown: (response) => withoutVersion(parseBrotli(response)) },
  br: { server: 'sellout', request: get(inBr), shown: parseBrotli },
  bareUnchanged: { server: 'bare', request: get(unchanged) },
  unchanged: { server: 'sellout', request: get(unchanged) },
  changing: { server: 'sellout', request: get(), shown: parseBody, changing: true },
  graphql: {
    server: 'sellout',
    request: post((id) => `{ event(id: "${id}") { seatMap { version states } } }`),
    shown: parseEvent,
  },
  listInMemory: {
    server: 'list',
    request: post(() => '{ seats: seatsInMemory { index status } }'),
    shown: parseList,
    connections: LIST_CONNECTIONS,
  },
  list: {
    server: 'list',
    request: post(() => '{ seats { index status } }'),
    shown: parseList,
    connections: LIST_CONNECTIONS,
  },
} as const satisfies Record<string, SeatMapContender>;

export type SeatMapRuns = Record<keyof typeof seatMapContenders, SeatMapFigures[]>;
export const seatMapNames = Object.keys(seatMapContenders) as (keyof SeatMapRuns)[];
