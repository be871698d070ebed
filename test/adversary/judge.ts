import type { Attack, Finding, Property, RawAttack, SocketAttack } from './attack.ts';
import { keptLimits } from './target/target.ts';
import type { Reply } from './send/sent.ts';

const MIB = 1024 * 1024;

/** Limits that the server must respect, whatever it receives. */
export const bounds = {
  /** CPU time of the main thread in one turn of the event loop. */
  turnMs: 100,
  /** Memory of one open connection, averaged over many, after a garbage collection. */
  keptPerConnectionBytes: 384 * 1024,
  /** Additional memory per message, which may have started a subscription. An ordinary one takes 13 KiB. */
  keptPerMessageBytes: 16 * 1024,
  /** Differences below this are noise. */
  keptNoiseBytes: 12 * MIB,
  /** Memory of a connection without operations. */
  keptPerIdleConnectionBytes: 64 * 1024,
  /** Factor by which the server's own estimate of the memory of operations may be too low. */
  estimateFactor: 2,
  /** Memory that is not released after connections have closed. */
  leakedBytes: 12 * MIB,
  /** Size of a response that refuses a request. */
  refusalBytes: 128 * 1024,
  errorsBytes: 64 * 1024,
  /** Length of one error message: the server must not echo long input. */
  messageCharacters: 300,
} as const;

const SERVER_ERROR_MIN = 500;
/** The server reports that it is overloaded. */
const BUSY = 503;

interface Shown {
  readonly message?: unknown;
  readonly extensions?: { readonly code?: unknown };
}

/** Returns what is wrong with the responses. */
export function judgeReplies(attack: Attack, replies: readonly Reply[]): Finding[] {
  const findings = new Map<string, Finding>();
  for (const finding of replies.flatMap((reply) => judgeReply(attack, reply)))
    findings.set(finding.key, finding);
  return [...findings.values()];
}

function judgeReply(attack: Attack, reply: Reply): Finding[] {
  const found: Finding[] = [];
  const add = (property: Property, detail: string, what: string, severity = 1) =>
    found.push({ property, key: `${property}: ${detail}`, what, severity });
  if (!reply.settled) {
    if (attack.kind === 'deaf')
      add(
        'closed connections free their slot',
        '',
        'a place was still taken long after the server had closed it',
      );
    else add('every request is answered', attack.kind, 'neither a response nor an end within the deadline');
  }
  const { status } = reply;
  if (status !== null && status >= SERVER_ERROR_MIN && status !== BUSY)
    add('client errors are not server errors', `status ${status}`, `answered with status ${status}`);
  for (const text of reply.texts) {
    const errors = errorsIn(text);
    if (errors === null) continue;
    const { shown, refused } = errors;
    const size = refused ? Buffer.byteLength(text) : Buffer.byteLength(JSON.stringify(shown));
    const max = refused ? bounds.refusalBytes : bounds.errorsBytes;
    if (size > max) add('responses are small', 'bytes', `${size} bytes of errors`, size / max);
    const longest = Math.max(0, ...shown.map(({ message }) => String(message).length));
    if (longest > bounds.messageCharacters)
      add(
        'responses are small',
        'message',
        `a message of ${longest} characters`,
        longest / bounds.messageCharacters,
      );
    const failed = shown.find(({ extensions }) => extensions?.code === 'INTERNAL_SERVER_ERROR');
    if (failed !== undefined)
      add(
        'client errors are not server errors',
        'code',
        `INTERNAL_SERVER_ERROR: ${String(failed.message).slice(0, 80)}`,
      );
  }
  const many = reply.bytes > MIB && reply.status !== null && reply.status >= 400;
  if (many)
    add(
      'responses are small',
      'bytes',
      `${reply.bytes} bytes with status ${reply.status}`,
      reply.bytes / MIB,
    );
  return found;
}

/** Returns null if the text is not a response with errors. */
function errorsIn(text: string): { shown: readonly Shown[]; refused: boolean } | null {
  if (!text.startsWith('{') || !text.includes('"message"')) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null; // Truncated where it was no longer stored; all bytes are counted.
  }
  const { payload = value, type } = value as { payload?: unknown; type?: unknown };
  if (type === 'error') return Array.isArray(payload) ? { shown: payload as Shown[], refused: true } : null;
  const { errors, data } = (payload ?? {}) as { errors?: unknown; data?: unknown };
  return Array.isArray(errors) ? { shown: errors as Shown[], refused: data == null } : null;
}

export function judgeTurn(cpuMs: number): Finding[] {
  if (cpuMs <= bounds.turnMs) return [];
  const property = 'event loop turns are short';
  return [
    {
      property,
      key: property,
      what: `${cpuMs.toFixed(0)} ms of CPU in one turn`,
      severity: cpuMs / bounds.turnMs,
    },
  ];
}

/** Judges an increase of memory while the attack's connections are open. */
export function judgeKept(bytes: number, attack: SocketAttack | RawAttack): Finding[] {
  const property = 'connection memory is bounded';
  const { connections, addresses, sent } = sizeOf(attack);
  const ofMessages = connections * (bounds.keptPerConnectionBytes + sent * bounds.keptPerMessageBytes);
  const operations = Math.min(addresses * keptLimits.addressBytes, keptLimits.processBytes);
  const ofLimits = bounds.estimateFactor * operations + connections * bounds.keptPerIdleConnectionBytes;
  const allowed = Math.min(ofMessages, ofLimits) + bounds.keptNoiseBytes;
  if (bytes <= allowed) return [];
  const what = `${mib(bytes)} MiB kept for ${connections} connections with ${sent} messages each`;
  return [{ property, key: property, what, severity: bytes / allowed }];
}

function sizeOf(attack: SocketAttack | RawAttack) {
  if (attack.kind === 'raw') return { connections: attack.connections, addresses: 1, sent: 1 };
  const { sockets, addresses = 1, messages } = attack;
  const sent = messages.reduce((sum, { times = 1 }) => sum + times, 0);
  return { connections: sockets, addresses, sent };
}

/** Judges an increase of memory after the connections have closed. */
export function judgeLeaked(bytes: number): Finding[] {
  const property = 'memory is released';
  if (bytes <= bounds.leakedBytes) return [];
  const what = `${mib(bytes)} MiB more than before`;
  return [{ property, key: property, what, severity: bytes / bounds.leakedBytes }];
}

export function judgeErrors(errors: ReadonlyMap<string, number>): Finding[] {
  const property = 'client errors are not logged as errors';
  return [...errors].map(([message, lines]) => ({
    property,
    key: errorKey(message),
    what: `${lines} × ${message}`,
    severity: 1,
  }));
}

/** Removes what differs from one client's text to another's. */
export function errorKey(message: string): string {
  return `client errors are not logged as errors: ${/^[^'"`\d]*/.exec(message)?.[0] ?? ''}`;
}

export function judgeDeath(how: string | null): Finding[] {
  if (how === null) return [];
  const property = 'the process survives';
  return [{ property, key: property, what: how, severity: 1 }];
}

export function mib(bytes: number): string {
  return (bytes / MIB).toFixed(1);
}
