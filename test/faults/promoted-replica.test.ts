import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { Redis as Client } from 'ioredis';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { startClusterReplica } from '../../scripts/local/redis/redis-cluster.ts';
import type { Redis } from '../../scripts/local/redis/redis.ts';
import { eventually } from '../support/eventually.ts';
import {
  HOUR_MS,
  startRoomServices,
  TestRoom,
  type Joined,
  type RoomServices,
} from '../db/waiting-room/room.fixture.ts';

const EARLY = 20;
const UNREPLICATED = 10;

let services: RoomServices;
let replica: Redis;
let open: TestRoom;
let lobby: TestRoom;

const masterOf = ({ eventId }: TestRoom) => services.redis.nodeOf(`{${eventId}}`);

beforeAll(async () => {
  services = await startRoomServices({ kind: 'cluster' });
  open = await TestRoom.create(services, { pacePerMinute: 600, insideMax: EARLY });
  do lobby = await TestRoom.create(services, {}, { onSaleAt: new Date(Date.now() + HOUR_MS) });
  while (masterOf(lobby) !== masterOf(open));
  const folder = mkdtempSync(path.join(inject('scratchFolder'), 'services', 'replica-'));
  replica = await startClusterReplica({
    folder,
    master: masterOf(open).url,
    nodes: services.redis.address as string[],
  });
});

afterAll(async () => {
  await services.close();
  await replica.stop();
});

it('a replica that is promoted without the last joins issues none of their indexes again, and admissions go on', async () => {
  lobby.clock.now = (await lobby.read()).lobbyOpensAtMs;
  await lobby.tick();
  const early = { open: await open.joinMany(EARLY), lobby: await lobby.joinMany(EARLY) };
  await open.tick();
  await open.pass(1);
  const admitted = early.open.filter(({ number }) => Number(number) <= 10);
  for (const buyer of admitted) expect(await open.tryClaim(buyer)).toBe('in');

  // The replica is cut off. It gets nothing of what the master answers from now on.
  await replicated();
  replica.process.kill('SIGSTOP');
  await ask(masterOf(open).url, (master) => master.call('CLIENT', 'KILL', 'TYPE', 'replica'));
  const lost = { open: await open.joinMany(UNREPLICATED), lobby: await lobby.joinMany(UNREPLICATED) };
  const { nowServing } = await open.read();
  await masterOf(open).kill();
  replica.process.kill('SIGCONT');
  expect(await codeOf(open.join())).toBe('BUSY');

  await eventually(
    'the replica is promoted',
    async () => (await codeOf(open.join(early.open[0]?.buyerId))) === null,
  );
  // Until somebody joins, all reserved indexes may be in use.
  expect(await open.store.count(open.eventId, nowServing, open.clock.nowMs())).toMatchObject({
    lastJoinIndex: null,
  });
  const late: Joined[] = [];
  while (late.length < EARLY) late.push(await joinUntilDone(open));
  const all = [...early.open, ...lost.open, ...late];
  expect(new Set(all.map(({ number }) => number)).size).toBe(all.length);
  for (const { buyerId, token, number } of all) expect((await open.join(buyerId, token)).number).toBe(number);

  // The room goes on where it was: the ten inside still are, and the next ten are called.
  expect((await open.read()).nowServing).toBe(nowServing);
  await open.pass(1);
  expect(await open.read()).toMatchObject({ nowServing: EARLY, inside: EARLY });
  for (const buyer of early.open) expect(await open.tryClaim(buyer)).toBe('in');

  // Everyone who has a place in the lobby is drawn, each with a number of its own. Who joins now comes after them.
  lobby.clock.now = (await lobby.read()).onSaleAtMs;
  await lobby.pass(2);
  expect((await lobby.read()).isRevealed).toBe(true);
  const drawn: number[] = [];
  for (const { buyerId, token } of [...early.lobby, ...lost.lobby])
    drawn.push(Number((await lobby.join(buyerId, token)).number));
  expect(new Set(drawn).size).toBe(EARLY + UNREPLICATED);
  const lobbySize = Number((await lobby.read()).lobbySize);
  expect(Math.max(...drawn)).toBeLessThanOrEqual(lobbySize);
  expect((await lobby.join()).number).toBeGreaterThan(lobbySize);
});

/** Joins as clients do: while a process gets to know the new master, it may answer that it is busy. */
async function joinUntilDone(room: TestRoom): Promise<Joined> {
  let joined: Joined | null = null;
  await eventually('a buyer has joined', async () => {
    joined = await room.join().catch((error: unknown) => {
      if ((error as { code?: string }).code === 'BUSY') return null;
      throw error;
    });
    return joined !== null;
  });
  if (joined === null) throw new Error('nobody has joined');
  return joined;
}

async function codeOf(joined: Promise<Joined>): Promise<unknown> {
  return joined.then(
    () => null,
    ({ code }: { code?: string }) => code,
  );
}

async function ask<T>(url: string, question: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(url);
  try {
    return await question(client);
  } finally {
    client.disconnect();
  }
}

/** Waits until the replica has everything that the master has. */
async function replicated(): Promise<void> {
  await eventually('the replica has everything', async () => {
    const [master, other] = await Promise.all(
      [masterOf(open).url, replica.url].map((url) => ask(url, (client) => client.info('replication'))),
    );
    return getOffset(master, 'master_repl_offset') === getOffset(other, 'slave_repl_offset');
  });
}

function getOffset(info = '', field = ''): string | undefined {
  return new RegExp(`${field}:(\\d+)`).exec(info)?.[1];
}
