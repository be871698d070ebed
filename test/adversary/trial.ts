import { pause } from '../support/pause.ts';
import type { Attack, Finding } from './attack.ts';
import { CROWD } from './generate/raw-attacks.ts';
import { ORGANIZER_TOKEN, TOKEN } from './generate/http-attacks.ts';
import { bounds, judgeDeath, judgeErrors, judgeKept, judgeLeaked, judgeReplies, judgeTurn } from './judge.ts';
import type { Place } from './send/connection.ts';
import { sendAttack } from './send/send-attack.ts';
import type { Sent } from './send/sent.ts';
import type { Target } from './target/target.ts';

/** Minimum number of connections whose memory is measured, because the heap varies by some MiB anyway. */
const MEASURED_CONNECTIONS_MIN = 16;
const MEMORY_READS_MAX = 8;
const MEMORY_PAUSE_MS = 100;
/** After this time, an attack only waits for the server to end its connection. */
const PATIENCE_MS = 3_000;
const STEADY_BYTES = 512 * 1024;
/** Time within which the server closes the connections above the limit of an address. */
const CLOSED_WITHIN_MS = 5_000;
const CLOSED_POLL_MS = 20;

/** Carries out attacks, each from its own address. */
export class Attacker {
  readonly #target: Target;
  #token = '';
  #attacks = 0;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Logs in as a guest, which works for as long as the database exists. */
  async logIn(): Promise<void> {
    const response = await fetch(`${this.#target.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'mutation { startGuestSession { token } }' }),
    });
    const { data } = (await response.json()) as { data: { startGuestSession: { token: string } } };
    this.#token = data.startGuestSession.token;
  }

  send(attack: Attack): Promise<Sent> {
    const text = JSON.stringify(attack)
      .replaceAll(TOKEN, this.#token)
      .replaceAll(ORGANIZER_TOKEN, this.#target.organizerToken);
    return sendAttack(JSON.parse(text) as Attack, this.#place());
  }

  #place(): Place {
    const n = ++this.#attacks;
    return { port: this.#target.port, address: `127.${64 + ((n >> 16) & 63)}.${(n >> 8) & 255}.${n & 255}` };
  }
}

export interface Trial {
  readonly findings: readonly Finding[];
  /** Longest turn of the event loop, for attacks with one connection. */
  readonly turnMs: number | null;
  /** Memory while the connections were open, for attacks with many. */
  readonly keptBytes: number | null;
}

/** Runs an attack beside honest clients only, and returns what it breaks. The server may have ended. */
export async function tryAlone(
  target: Target,
  attacker: Attacker,
  attack: Attack,
  patienceMs = PATIENCE_MS,
): Promise<Trial> {
  try {
    return await tryOnLiving(target, attacker, attack, patienceMs);
  } catch (error) {
    if ((await target.settled()) !== null) throw error;
    return { findings: judgeDeath(target.death()), turnMs: null, keptBytes: null };
  }
}

async function tryOnLiving(
  target: Target,
  attacker: Attacker,
  attack: Attack,
  patienceMs: number,
): Promise<Trial> {
  const connections = countConnections(attack);
  const measured = connections >= MEASURED_CONNECTIONS_MIN;
  await target.takeErrors();
  const before = measured ? await steadyMemory(target) : 0;
  await target.turn();
  const sent = await sentWithin(measured ? Number.POSITIVE_INFINITY : patienceMs, attacker.send(attack));
  const turn = await target.settled();
  if (turn === null) {
    await sent.close();
    return { findings: judgeDeath(target.death()), turnMs: null, keptBytes: null };
  }
  const { cpuMs } = turn;
  // For many connections together, a turn says nothing about one request.
  const found = [...judgeReplies(attack, sent.replies), ...(connections === 1 ? judgeTurn(cpuMs) : [])];
  if (connections >= CROWD && (await areKeptOpen(sent, connections)))
    found.push({
      property: 'connections per address are bounded',
      key: 'connections per address are bounded',
      what: `${connections} connections of one address are open`,
      severity: 1,
    });
  const kept = measured ? (await steadyMemory(target)) - before : 0;
  if (measured && (attack.kind === 'socket' || attack.kind === 'raw')) found.push(...judgeKept(kept, attack));
  await sent.close();
  if (measured) found.push(...judgeLeaked((await memoryAfter(target, before)) - before));
  await target.turn();
  const findings = [...found, ...judgeErrors(await target.takeErrors())];
  return { findings, turnMs: connections === 1 ? cpuMs : null, keptBytes: measured ? kept : null };
}

/** Returns whether the server closes none of the connections. It accepts all before it closes those above the limit. */
async function areKeptOpen(sent: Sent, connections: number): Promise<boolean> {
  const overAt = performance.now() + CLOSED_WITHIN_MS;
  while (sent.open() === connections) {
    if (performance.now() > overAt) return true;
    await pause(CLOSED_POLL_MS);
  }
  return false;
}

/**
 * Waits for the attack. One that waits for the server to give up on it has no responses yet, and is closed after that.
 */
async function sentWithin(ms: number, work: Promise<Sent>): Promise<Sent> {
  if (ms === Number.POSITIVE_INFINITY) return work;
  const sent = await Promise.race([work, pause(ms).then(() => null)]);
  if (sent !== null) return sent;
  const close = async () => (await work).close();
  return { replies: [], open: () => 0, close: () => Promise.resolve(void close()) };
}

export function countConnections(attack: Attack): number {
  switch (attack.kind) {
    case 'http':
      return attack.times ?? 1;
    case 'raw':
      return attack.connections;
    case 'socket':
    case 'deaf':
      return attack.sockets;
  }
}

/** Measures memory once everything that was sent has been processed. */
async function steadyMemory(target: Target): Promise<number> {
  let { keptBytes } = await target.memory();
  for (let read = 1; read < MEMORY_READS_MAX; read++) {
    await pause(MEMORY_PAUSE_MS);
    const last = keptBytes;
    ({ keptBytes } = await target.memory());
    if (Math.abs(keptBytes - last) < STEADY_BYTES) break;
  }
  return keptBytes;
}

/** Returns the lowest measurement while connections are being closed. */
async function memoryAfter(target: Target, before: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let read = 0; read < MEMORY_READS_MAX; read++) {
    least = Math.min(least, (await target.memory()).keptBytes);
    if (least - before < bounds.leakedBytes / 2) break;
    await pause(MEMORY_PAUSE_MS * 2);
  }
  return least;
}
