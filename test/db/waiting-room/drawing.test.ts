import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ROOT } from '../../../scripts/local/command.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { commitTo, decodeLobby, hashBuyer } from '../../../src/waiting-room/draw/lobby.ts';
import { readLobbyEntries, revealSeed, writeSeed } from '../../../src/waiting-room/rooms/rooms.sql.ts';
import { HOUR_MS, startRoomServices, TestRoom, type RoomServices } from './room.fixture.ts';

let services: RoomServices;
beforeAll(async () => {
  services = await startRoomServices();
});
afterAll(() => services.close());

/** A room whose sale begins in ten minutes, so that its lobby is open. */
async function openLobby(): Promise<TestRoom> {
  const onSaleAt = new Date(Date.now() + HOUR_MS / 6);
  const room = await TestRoom.create(services, { pacePerMinute: 6_000 }, { onSaleAt });
  await room.tick();
  return room;
}

async function beginSale(room: TestRoom): Promise<void> {
  room.clock.now = (await room.read()).onSaleAtMs;
  await room.tick();
}

describe('a lobby', () => {
  it('commits to a seed when it opens, and to no other one', async () => {
    const onSaleAt = new Date(Date.now() + 2 * HOUR_MS);
    const room = await TestRoom.create(services, {}, { onSaleAt });
    await room.tick();
    expect((await room.read()).seed).toBeNull();
    room.clock.now += 1.5 * HOUR_MS;
    await room.tick();
    const { seed } = await room.read();
    expect(seed).toHaveLength(32);
    await writeSeed(services.database.worker, room.eventId, Buffer.alloc(32));
    expect((await room.read()).seed).toEqual(seed);
  });

  it('gives no numbers, and admits nobody', async () => {
    const room = await openLobby();
    const joined = await room.join();
    expect(joined).toMatchObject({ number: null, ahead: null, estimatedWaitSeconds: null, chance: 'GOOD' });
    await room.pass(3);
    expect(await room.tryClaim(joined)).toBe('ADMISSION_REQUIRED');
    expect((await room.read()).waiting).toBe(1);
  });

  it('is drawn at the beginning of the sale: first the digest, then the seed, then numbers', async () => {
    const room = await openLobby();
    const buyers = await room.joinMany(40);
    await beginSale(room);
    const drawn = await room.read();
    expect(drawn).toMatchObject({ lobbySize: 40, isRevealed: false, nowServing: 0 });
    expect(await room.join(buyers[0]?.buyerId)).toMatchObject({ number: null });
    const late = await room.join();
    await room.tick();
    expect(await room.read()).toMatchObject({ isRevealed: true, digest: drawn.digest });
    const numbers = [];
    for (const { buyerId, token } of buyers) numbers.push((await room.join(buyerId, token)).number);
    expect(numbers).not.toEqual(numbers.toSorted((a, b) => Number(a) - Number(b)));
    expect(new Set(numbers).size).toBe(40);
    expect(Math.max(...numbers.map(Number))).toBe(40);
    expect((await room.join(late.buyerId)).number).toBe(41);
    await room.pass(1);
    const served = numbers.map((number) => Number(number) <= 20);
    await room.pass(1);
    expect(served.filter(Boolean)).toHaveLength(20);
    expect((await room.read()).nowServing).toBeGreaterThanOrEqual(20);
  });

  it('reveals no seed before its digest', async () => {
    const room = await openLobby();
    await revealSeed(services.database.worker, room.eventId);
    expect((await room.read()).isRevealed).toBe(false);
  });

  it('is drawn once, by whichever of four workers is first', async () => {
    const room = await openLobby();
    await room.joinMany(5);
    room.clock.now = (await room.read()).onSaleAtMs;
    await Promise.all([room.tick(), room.tick(), room.tick(), room.tick()]);
    const { digest } = await room.read();
    await room.joinMany(5);
    await room.pass(3);
    expect(await room.read()).toMatchObject({ digest, lobbySize: 5 });
    const entries = decodeLobby(
      Buffer.from((await readLobbyEntries(services.database.reads, room.eventId)) ?? []),
    );
    expect(entries).toHaveLength(5);
  });

  it('is closed once: who joins afterwards is not in it', async () => {
    const room = await openLobby();
    await room.joinMany(3);
    expect(await room.store.closeLobby(await room.read())).toBe(3);
    await room.joinMany(2);
    expect(await room.store.closeLobby(await room.read())).toBe(3);
    await beginSale(room);
    expect((await room.read()).lobbySize).toBe(3);
  });

  it('may be empty', async () => {
    const room = await openLobby();
    await beginSale(room);
    await room.pass(2);
    expect((await room.join()).number).toBe(1);
  });

  it('is recomputed from its proof by independent code', async () => {
    const room = await openLobby();
    const buyers = await room.joinMany(30);
    await beginSale(room);
    await room.pass(1);
    const { seed, digest, lobbySize, eventId } = await room.read();
    const bytes = Buffer.from((await readLobbyEntries(services.database.reads, eventId)) ?? []);
    const lobby = decodeLobby(bytes).map((entry) => `${entry.joinIndex},${entry.buyerHash.toString('hex')}`);
    expect(lobby[6]).toBe(`7,${hashBuyer(eventId, buyers[6]?.buyerId ?? '').toString('hex')}`);
    const proof = {
      commitment: commitTo(seed ?? Buffer.alloc(0)).toString('hex'),
      digest: digest?.toString('hex'),
      lobbySize,
      seed: seed?.toString('hex'),
      joinIndex: 7,
    };
    const verified = verify(eventId, proof, lobby);
    expect(verified.stderr).toBe('');
    expect(verified.stdout).toContain('The seed matches its commitment.');
    expect(verified.stdout).toContain('The digest matches the lobby of 30 buyers.');
    const { number } = await room.join(buyers[6]?.buyerId, buyers[6]?.token);
    expect(verified.stdout).toContain(`Join index 7 of 30 drew number ${number}.`);

    expect(verify(eventId, { ...proof, seed: '00'.repeat(32) }, lobby).status).toBe(1);
    expect(verify(eventId, proof, lobby.slice(1)).stderr).toContain('not that of the lobby');
    expect(verify(eventId, { ...proof, seed: null }, lobby).stderr).toContain('not been published');
    expect(verify(eventId, { waitingRoomProof: proof }, lobby).stderr).toContain(
      'only the object waitingRoomProof',
    );
  });
});

function verify(eventId: number, proof: object, lobby: readonly string[]) {
  const folder = mkdtempSync(path.join(inject('scratchFolder'), 'draw-'));
  const files = { proof: path.join(folder, 'proof.json'), lobby: path.join(folder, 'lobby.csv') };
  writeFileSync(files.proof, JSON.stringify(proof));
  writeFileSync(files.lobby, lobby.map((line) => `${line}\n`).join(''));
  const args = ['--proof', files.proof, '--lobby', files.lobby, '--event', encodeEventId(eventId)];
  const options = { cwd: ROOT, encoding: 'utf8' } as const;
  return spawnSync(process.execPath, ['scripts/verify-draw.ts', ...args], options);
}
