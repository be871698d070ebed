import { pause } from '../support/pause.ts';
import type { Attack, Finding } from './attack.ts';
import { CROWD } from './generate/raw-attacks.ts';
import { ORGANIZER_TOKEN, TOKEN } from './generate/http-attacks.ts';
import { bounds, judgeDeath, judgeErrors, judgeKept, judgeLeaked, judgeReplies, judgeTurn } from './judge.ts';
import type { Place } from './send/connection.ts';
import { sendAttack } from './send/send-attack.ts';
import type { Sent } from './send/sent.ts';
import type { Target } from './target/target.ts';

/** Memory is measured with at least so many connections: the heap moves by some MiB anyway. */
const MEASURED_CONNECTIONS_MIN = 16;
const MEMORY_READS_MAX = 8;
const MEMORY_PAUSE_MS = 100;
/** Beyond it an attack only waits for the server to end its connection. */
const PATIENCE_MS = 3_000;
const STEADY_BYTES = 512 * 1024;

/** Carries attacks out, each from an address of its own. */
export class Attacker {
  readonly #target: Target;
  #token = '';
  #attacks = 0;

  constructor(target: Target) {
    this.#target = target;
  }

  /** As a buyer without an account, which works for as long as the database does. */
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
  /** The longest turn of the event loop, of attacks with one connection. */
  readonly turnMs: number | null;
  /** While the connections were open, of attacks with many. */
  readonly keptBytes: number | null;
}

/** Everything that an attack breaks when nothing but honest clients is there besides. The server may have ended by it. */
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
  const connections = connectionsOf(attack);
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
  // Of many connections together it says nothing about one request.
  const found = [...judgeReplies(attack, sent.replies), ...(connections === 1 ? judgeTurn(cpuMs) : [])];
  if (connections >= CROWD && sent.open() === connections)
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

/** Who waits for the server to give up on it has no replies yet; it is closed when that has happened. */
async function sentWithin(ms: number, work: Promise<Sent>): Promise<Sent> {
  if (ms === Number.POSITIVE_INFINITY) return work;
  const sent = await Promise.race([work, pause(ms).then(() => null)]);
  if (sent !== null) return sent;
  const close = async () => (await work).close();
  return { replies: [], open: () => 0, close: () => Promise.resolve(void close()) };
}

export function connectionsOf(attack: Attack): number {
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

/** When what was sent last has been dealt with. */
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

/** The least that is found while connections are being cleared away. */
async function memoryAfter(target: Target, before: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let read = 0; read < MEMORY_READS_MAX; read++) {
    least = Math.min(least, (await target.memory()).keptBytes);
    if (least - before < bounds.leakedBytes / 2) break;
    await pause(MEMORY_PAUSE_MS * 2);
  }
  return least;
}
