import { MessageType } from 'graphql-ws';
import { encodeEventId } from '../../../src/platform/ids.ts';
import type { TargetEvents } from '../target/target.ts';
import type { DeafAttack, Frames, SocketAttack } from '../attack.ts';
import { quoted, type Recipe } from '../recipe.ts';
import { TOKEN, type Generators } from './http-attacks.ts';

const TYPES = Object.values(MessageType);
/** Slightly below the server's limit for a message. */
const MESSAGE_BYTES = 65_000;
/** Subscriptions are kept and have a lower limit. */
const SUBSCRIPTION_BYTES = 15_800;
const FRAGMENTS_MAX = 30_000;
/** At most the default maximum of `ws`. */
const UNFINISHED_FRAGMENTS = 16_000;
const WRITES_MAX = 4_000;
/** More than the server accepts as WebSockets from one address. */
const PLACES = 400;

const init: Frames = { payload: '{"type":"connection_init"}', answered: true };

/** One socket with a few messages. */
export function socketAttack(generators: Generators): SocketAttack {
  const { draw } = generators;
  const messages = draw.list(draw.whole(1, 3), () => message(generators));
  const first = draw.chance(75) ? [opening(generators)] : [];
  return { kind: 'socket', label: labelOf(messages), sockets: 1, messages: [...first, ...messages] };
}

/** Sockets that make the server keep what they sent for as long as they are open. */
export function crowdOfSockets(generators: Generators, events: TargetEvents): SocketAttack {
  const { draw, values } = generators;
  const messages = draw.oneOf<readonly Frames[]>(
    () => [{ payload: ['{"type":"connection_init","payload":{"a":', values.filling(MESSAGE_BYTES), '}}'] }],
    () => [{ payload: ['{"type":"connection_init","payload":{"a":', values.hostile(), '}}'] }],
    () => [init, subscriptions(generators, events)],
    () => [init, subscriptions(generators, events)],
    () => [init, unfinished(generators)],
    () => [init, message(generators)],
  );
  // Many small pieces from many sockets would only test this machine's system calls.
  const inPieces = messages.some(({ fragments = 1, writes = 1 }) => fragments * writes > 1);
  const addresses = inPieces ? 1 : draw.pick([1, 1, 1, 2, 6]);
  const sockets = addresses * draw.whole(24, 64);
  return { kind: 'socket', label: `sockets: ${labelOf(messages)}`, sockets, addresses, messages };
}

/** Peers that send something that closes their socket, and ignore the close. */
export function deafSockets({ draw }: Generators): DeafAttack {
  const message = draw.pick<Frames>([
    { payload: 'nothing that there is' },
    { payload: '{"type":"connection_ack"}' },
    { payload: 'binary', opcode: 2 },
    { payload: { hex: 'ff' } },
    { payload: '', opcode: 8 },
  ]);
  return { kind: 'deaf', label: 'peers that ignore the close', sockets: PLACES, message };
}

function labelOf(messages: readonly Frames[]): string {
  const text = JSON.stringify(messages.at(-1)?.payload ?? '');
  return TYPES.find((type) => text.includes(type)) ?? 'junk in frames';
}

function opening({ draw, values }: Generators): Frames {
  if (draw.chance(60)) return init;
  const payload = draw.oneOf<Recipe>(
    () => ['{"authorization":"Bearer ', TOKEN, '"}'],
    () => ['{"authorization":', values.hostile(), '}'],
    () => values.hostile(),
    () => ['{"a":', values.hostile(), '}'],
  );
  return { payload: ['{"type":"connection_init","payload":', payload, '}'], answered: draw.chance(80) };
}

function message(generators: Generators): Frames {
  const { draw, values } = generators;
  const text = draw.chance(90)
    ? typed(generators)
    : draw.oneOf<Recipe>(
        () => values.hostile(),
        () => ['{"type":', values.hostile(), '}'],
        () => ({ repeat: { hex: 'c3' }, times: draw.size(60_000) }),
      );
  const frames: Frames = { payload: text };
  if (draw.chance(70)) return frames;
  return draw.oneOf<Frames>(
    () => ({ ...frames, times: draw.size(300) }),
    () => ({ ...frames, fragments: draw.size(FRAGMENTS_MAX) }),
    () => ({ ...frames, writes: draw.size(3_000) }),
    () => ({ ...frames, opcode: draw.pick([0, 2, 3, 8, 9, 10, 11]) }),
    () => ({
      payload: { repeat: 'p', times: draw.size(125) },
      opcode: draw.pick([9, 10]),
      times: draw.size(300),
    }),
    () => ({ ...frames, reserved: draw.pick([0x40, 0x70]) }),
    () => ({ ...frames, unmasked: true }),
    () => unfinished(generators),
  );
}

/** A message of the protocol, with a valid or invalid payload and ID. */
function typed({ draw, values, documents }: Generators): Recipe {
  const type = draw.chance(50) ? MessageType.Subscribe : draw.pick(TYPES);
  const id = draw.oneOf<Recipe>(
    () => ['"i', { number: true }, '"'],
    () => ['"i', { number: true }, '"'],
    () => values.hostile(),
  );
  const { query, variables } = documents.operation();
  const payload = draw.oneOf<Recipe>(
    () => ['{"query":', quoted(query), ',"variables":', variables, '}'],
    () => ['{"query":', quoted(query), ',"variables":', values.hostile(), '}'],
    () => ['{"query":', quoted(query), ',"extensions":{"a":', values.hostile(), '}}'],
    () => ['{"query":', values.hostile(), '}'],
    () => ['{"a":', values.hostile(), '}'],
    () => values.hostile(),
  );
  const withId = type === MessageType.Subscribe || type === MessageType.Complete || draw.chance(20);
  return ['{"type":"', type, '"', withId ? [',"id":', id] : '', ',"payload":', payload, '}'];
}

/** As many subscriptions as a socket may have, each larger than necessary. */
function subscriptions({ draw, values }: Generators, { attacked }: TargetEvents): Frames {
  const event = JSON.stringify(encodeEventId(attacked));
  const query = 'subscription($e:ID!){seatUpdates(eventId:$e){__typename}}';
  const more = draw.oneOf<Recipe>(
    () => [',"u":', values.filling(SUBSCRIPTION_BYTES)],
    () => [',"u":', values.filling(SUBSCRIPTION_BYTES)],
    () => [',"u":', values.hostile()],
    () => '',
  );
  const id = draw.chance(80)
    ? ['"s', { number: true }, '"']
    : ['"', { repeat: 's', times: 110 }, { number: true }, '"'];
  const spaces = draw.chance(20) ? { repeat: draw.pick([' ', '\\n']), times: draw.size(15_000) } : '';
  const payload: Recipe = ['{"query":"', query, spaces, '","variables":{"e":', event, more, '}}'];
  return {
    payload: ['{"type":"subscribe","id":', id as Recipe, ',"payload":', payload, '}'],
    times: draw.pick([100, draw.size(100)]),
  };
}

/** Bytes that the server can't process yet. */
function unfinished({ draw }: Generators): Frames {
  const payload: Recipe = { repeat: 'x', times: draw.size(64_000) };
  const fragments = draw.pick([UNFINISHED_FRAGMENTS, draw.size(FRAGMENTS_MAX)]) + 1;
  return draw.oneOf<Frames>(
    // Empty fragments take no memory.
    () => ({ payload: { repeat: 'x', times: 2 * fragments }, fragments, unfinished: true }),
    () => ({ payload: { repeat: 'x', times: WRITES_MAX }, writes: draw.size(WRITES_MAX), unfinished: true }),
    () => ({ payload, unfinished: true }),
  );
}
