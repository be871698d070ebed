import type { Ending, RawAttack } from '../attack.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { render, type Recipe } from '../recipe.ts';
import type { TargetEvents } from '../target/target.ts';
import type { Draw } from './draw.ts';
import type { Generators } from './http-attacks.ts';

const HEADERS = [
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: graphql-transport-ws',
];
/** More than one address needs, whatever is behind it. */
export const CROWD = 1_000;
const STREAM_BYTES = 15_000;
const ALIAS_MAX = 15_000;
const REQUESTS_MAX = 60;

/** An invalid handshake, or bytes that are none. */
export function rawAttack(draw: Draw): RawAttack {
  const bytes = draw.chance(75) ? handshake(draw) : junk(draw);
  return {
    kind: 'raw',
    label: 'handshakes',
    connections: 1,
    bytes,
    ending: draw.pick<Ending>(['end', 'reset', 'wait']),
  };
}

/** Connections that cost almost nothing to open and stay open. */
export function crowdOfConnections(draw: Draw): RawAttack {
  const bytes = draw.pick<Recipe>([
    '',
    'GET / HTTP/1.1\r\nHost: x\r\n',
    'GET /health HTTP/1.1\r\nHost: x\r\n\r\n',
  ]);
  return { kind: 'raw', label: 'connections', connections: CROWD, bytes, ending: 'wait' };
}

/** Event streams that make the server keep the request for as long as they are open. */
export function crowdOfStreams({ draw, values }: Generators, { attacked }: TargetEvents): RawAttack {
  const more = draw.oneOf<Recipe>(
    () => [',"u":', values.filling(STREAM_BYTES)],
    () => [',"u":', values.hostile()],
    () => '',
  );
  const query = 'subscription($e:ID!){seatUpdates(eventId:$e){__typename}}';
  const spaces = draw.chance(20) ? { repeat: ' ', times: draw.size(STREAM_BYTES) } : '';
  const variables: Recipe = ['{"e":"', encodeEventId(attacked), '"', more, '}'];
  const body: Recipe = ['{"query":"', query, spaces, '","variables":', variables, '}'];
  return {
    kind: 'raw',
    label: 'event streams',
    connections: draw.whole(24, 200),
    bytes: post(body, 'text/event-stream'),
    ending: 'wait',
  };
}

/** Peers that request large responses, many per connection, and read none. */
export function crowdOfUnread({ draw }: Generators, { attacked }: TargetEvents): RawAttack {
  const alias: Recipe = { repeat: 'x', times: draw.size(ALIAS_MAX) };
  const query: Recipe = ['query($e:ID!){event(id:$e){seats(first:100){edges{node{', alias, ':index}}}}}'];
  const body: Recipe = ['{"query":"', query, '","variables":{"e":"', encodeEventId(attacked), '"}}'];
  return {
    kind: 'raw',
    label: 'unread answers',
    connections: draw.whole(24, 100),
    bytes: { repeat: post(body, 'application/json'), times: draw.size(REQUESTS_MAX) },
    ending: 'wait',
    unread: true,
  };
}

function post(body: Recipe, accept: string): Recipe {
  const head = [
    'POST /graphql HTTP/1.1',
    'Host: x',
    'Content-Type: application/json',
    `Accept: ${accept}`,
    `Content-Length: ${render(body).length}`,
  ].join('\r\n');
  return [head, '\r\n\r\n', body];
}

function handshake(draw: Draw): Recipe {
  const wrong = draw.whole(0, HEADERS.length - 1);
  const headers = HEADERS.flatMap<Recipe>((header, i) => {
    if (i !== wrong) return [header, '\r\n'];
    const [name = '', value = ''] = header.split(': ');
    return draw.oneOf<Recipe[]>(
      () => [],
      () => [header, '\r\n', header, '\r\n'],
      () => [name, ': ', { repeat: draw.pick(['x', ',', 'a, ', 'ü']), times: draw.size(20_000) }, '\r\n'],
      () => [name, ': \r\n'],
      () => [name.toUpperCase(), ':', value.toUpperCase(), '\r\n'],
    );
  });
  const more: Recipe = draw.oneOf<Recipe>(
    () => '',
    () => 'Origin: https://evil.example\r\n',
    () => 'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=1\r\n',
    () => ['Sec-WebSocket-Extensions: ', { repeat: 'x;y=1,', times: draw.size(2_000) }, '\r\n'],
    () => 'Content-Length: 5\r\n',
  );
  const target = draw.pick(['/graphql', '/graphql?x', '/', '//[::', '*', '/graphql/']);
  const method = draw.pick(['GET', 'GET', 'GET', 'POST', 'CONNECT']);
  const rest = draw.oneOf<Recipe>(
    () => '\r\n',
    () => '',
    () => ['\r\n', { hex: '8185000000002268656c6c' }],
    () => ['\r\n', { repeat: { hex: 'ff' }, times: draw.size(5_000) }],
  );
  return [`${method} ${target} HTTP/1.1\r\n`, ...headers, more, rest];
}

function junk(draw: Draw): Recipe {
  return draw.oneOf<Recipe>(
    () => ({ hex: '16030100010100fc0303' }),
    () => ({ repeat: draw.pick(['a', '\r\n', '\u0000', 'GET ']), times: draw.size(100_000) }),
    () => ({ repeat: { hex: 'ff00' }, times: draw.size(100_000) }),
    () => ['GET / HTTP/1.1\r\n', { repeat: 'a: b\r\n', times: draw.size(9_000) }, '\r\n'],
    () => ({ repeat: 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n', times: draw.size(300) }),
    () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  );
}
