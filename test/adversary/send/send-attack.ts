import { pause } from '../../support/pause.ts';
import type { Attack, DeafAttack, Frames, RawAttack, SocketAttack } from '../attack.ts';
import { render } from '../recipe.ts';
import { Connection, fromAddress, type Place } from './connection.ts';
import { nothing, parseReply, sendHttp, UNFINISHED_WITHIN_MS } from './send-http.ts';
import type { Sent } from './sent.ts';
import { AttackSocket } from './web-socket.ts';

/** Time within which a socket's request is answered. Otherwise its cost is attributed to what comes next. */
const ANSWERED_AFTER_MS = 15;
/** Time from the server's close of a socket until its slot is free, whatever the peer does. */
const FREE_WITHIN_MS = 15_000;
const RETRY_MS = 500;
/** A server whose data is not read stops reading too. */
const UNREAD_WITHIN_MS = 2_000;

/** Carries out an attack. Its connections stay open, unless the server or the attack itself ends them. */
export function sendAttack(attack: Attack, place: Place): Promise<Sent> {
  switch (attack.kind) {
    case 'http':
      return sendHttp(attack, place);
    case 'raw':
      return sendRaw(attack, place);
    case 'socket':
      return sendOnSockets(attack, place);
    case 'deaf':
      return sendDeaf(attack, place);
  }
}

async function sendOnSockets(attack: SocketAttack, place: Place): Promise<Sent> {
  const { sockets, addresses = 1, messages } = attack;
  const share = Math.ceil(sockets / addresses);
  const opened = Array.from({ length: addresses }, (_, i) =>
    openSockets(Math.min(share, sockets - i * share), fromAddress(place, i)),
  );
  const all = (await Promise.all(opened)).flat();
  if (all.length === 0) return nothing(false);
  await Promise.all(
    all.map(async (socket) => {
      for (const message of messages) await socket.send(message);
      if (socket.isOpen && !messages.some(isHalfAFrame)) await socket.taken();
    }),
  );
  await pause(ANSWERED_AFTER_MS);
  const connections = all.map(({ connection }) => connection);
  return { replies: all.map((socket) => socket.reply()), ...lifeOf(connections) };
}

/** A ping after half a frame would become its other half. */
const isHalfAFrame = ({ unfinished = false, fragments = 1 }: Frames) => unfinished && fragments === 1;

async function sendRaw(
  { connections, bytes, ending, unread = false }: RawAttack,
  place: Place,
): Promise<Sent> {
  const rendered = render(bytes);
  const opened = await Promise.all(Array.from({ length: connections }, () => Connection.open(place)));
  const all = opened.filter((connection) => connection !== null);
  await Promise.all(
    all.map(async (connection) => {
      if (unread) connection.socket.pause();
      await Promise.race([connection.write(rendered), pause(UNREAD_WITHIN_MS)]);
      if (ending === 'reset') connection.socket.resetAndDestroy();
      if (ending === 'end') {
        connection.socket.end();
        await connection.endedWithin(UNFINISHED_WITHIN_MS);
      }
    }),
  );
  await pause(ANSWERED_AFTER_MS);
  const replies = all.map((connection) => ({
    ...parseReply(connection.received),
    bytes: connection.receivedBytes,
    settled: ending !== 'end' || connection.socket.destroyed || connection.socket.readableEnded,
  }));
  return { replies, ...lifeOf(all) };
}

/** A socket counts as settled if its slot is free in time, which as many new sockets prove. */
async function sendDeaf({ sockets, message }: DeafAttack, place: Place): Promise<Sent> {
  const opened = await openSockets(sockets, place, true);
  const deaf = opened.filter(({ isOpen }) => isOpen);
  await Promise.all(deaf.map((socket) => socket.send(message)));
  const again: AttackSocket[] = [];
  const overAt = performance.now() + FREE_WITHIN_MS;
  const free = () => again.filter(({ isOpen }) => isOpen).length;
  while (free() < deaf.length && performance.now() < overAt) {
    await pause(RETRY_MS);
    again.push(...(await openSockets(deaf.length - free(), place)));
  }
  const freed = free();
  const replies = deaf.map((_, i) => ({ status: 101, texts: [], bytes: 0, settled: i < freed }));
  return { replies, ...lifeOf([...opened, ...again].map(({ connection }) => connection)) };
}

async function openSockets(count: number, place: Place, deaf = false): Promise<AttackSocket[]> {
  const opened = await Promise.all(Array.from({ length: count }, () => AttackSocket.open(place, deaf)));
  return opened.filter((socket) => socket !== null);
}

function lifeOf(connections: readonly Connection[]): Pick<Sent, 'open' | 'close'> {
  return {
    open: () => connections.filter(({ socket }) => !socket.destroyed && !socket.readableEnded).length,
    async close() {
      await Promise.all(connections.map((connection) => connection.close()));
    },
  };
}
