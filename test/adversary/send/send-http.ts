import { pause } from '../../support/pause.ts';
import type { HttpAttack } from '../attack.ts';
import { render } from '../recipe.ts';
import { Connection, type Place } from './connection.ts';
import type { Reply, Sent } from './sent.ts';

/** Time for the response to a complete request. The server's own deadline is 30 s. */
const ANSWER_WITHIN_MS = 35_000;
const HEARD_AFTER_MS = 10;
/**
 * Time for the response to an incomplete one: headers have 10 s, an ordinary body 15 s, and the server checks every 2
 * s.
 */
export const UNFINISHED_WITHIN_MS = 40_000;

/** Numbers of requests are unique, so that caches can't confuse them. */
let requests = 0;

/** Sends each request on its own connection, and waits for the response. */
export async function sendHttp(attack: HttpAttack, place: Place): Promise<Sent> {
  const { times = 1 } = attack;
  const replies: Reply[] = [];
  for (let i = 0; i < times; i++) {
    const connection = await Connection.open(place);
    if (connection === null) return nothing(false);
    try {
      replies.push(await replyTo(connection, attack));
    } finally {
      await connection.close();
    }
  }
  return { replies, open: () => 0, close: () => Promise.resolve() };
}

async function replyTo(connection: Connection, attack: HttpAttack): Promise<Reply> {
  const whole = request(attack, ++requests);
  const bytes = whole.subarray(0, attack.cutAt ?? whole.length);
  await connection.writeInPieces(bytes, attack.pieces ?? 1);
  const { ending = 'wait' } = attack;
  if (ending === 'reset') connection.socket.resetAndDestroy();
  if (ending === 'end') connection.socket.end();
  const deadline = bytes.length < whole.length ? UNFINISHED_WITHIN_MS : ANSWER_WITHIN_MS;
  const streaming = () =>
    /^content-type: (?:text\/event-stream|multipart)/im.test(headOf(skipInterim(connection.received)));
  const streams = await connection.until(streaming, deadline);
  // The server notices slightly later, and its reaction belongs to this attack.
  if (ending !== 'wait') await pause(HEARD_AFTER_MS);
  const settled = streams || connection.socket.destroyed || (await connection.endedWithin(1));
  return { ...parseReply(connection.received), bytes: connection.receivedBytes, settled };
}

export function nothing(settled: boolean): Sent {
  return {
    replies: [{ status: null, texts: [], bytes: 0, settled }],
    open: () => 0,
    close: () => Promise.resolve(),
  };
}

function request({ method, target, headers, body }: HttpAttack, number: number): Buffer {
  const bytes = body === null ? Buffer.alloc(0) : render(body, number);
  const has = (wanted: string) => headers.some(([name]) => name.toLowerCase() === wanted);
  const lines = [
    Buffer.concat([Buffer.from(`${method} `), render(target, number), Buffer.from(' HTTP/1.1\r\n')]),
    Buffer.from('Host: localhost\r\n'),
    ...headers.map(([name, value]) =>
      Buffer.concat([Buffer.from(`${name}: `), render(value, number), Buffer.from('\r\n')]),
    ),
  ];
  if (!has('connection')) lines.push(Buffer.from('Connection: close\r\n'));
  if (body !== null && !has('content-length') && !has('transfer-encoding'))
    lines.push(Buffer.from(`Content-Length: ${bytes.length}\r\n`));
  return Buffer.concat([...lines, Buffer.from('\r\n'), bytes]);
}

/** Skips interim responses (100 Continue), which have neither headers nor body. */
function skipInterim(received: Buffer): Buffer {
  const [interim = ''] =
    /^(?:HTTP\/1\.1 1\d\d [^\r\n]*\r\n\r\n)*/.exec(received.toString('latin1', 0, 200)) ?? [];
  return received.subarray(interim.length);
}

function headOf(received: Buffer): string {
  const end = received.indexOf('\r\n\r\n');
  return end < 0 ? '' : received.toString('latin1', 0, end);
}

/** Parses the first response of a connection. */
export function parseReply(all: Buffer): Pick<Reply, 'status' | 'texts'> {
  const received = skipInterim(all);
  const head = headOf(received);
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(head) ?? [];
  if (status === undefined) return { status: null, texts: [] };
  const body = received.subarray(head.length + 4);
  const chunked = /^transfer-encoding: chunked/im.test(head);
  return { status: Number(status), texts: [(chunked ? joinChunks(body) : body).toString('utf8')] };
}

function joinChunks(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const line = body.indexOf('\r\n', at);
    const size = line < 0 ? Number.NaN : Number.parseInt(body.toString('latin1', at, line), 16);
    if (!(size > 0)) return Buffer.concat(chunks);
    chunks.push(body.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
