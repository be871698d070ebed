import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

/*
 * Subscribes to topics, as a child process, with plain connections. Its first message to the parent means that it runs. A message with
 * connections makes it subscribe; one with a number makes it wait for so many messages and report how old they were; and an
 * empty one makes it disconnect. Each is answered when it is done.
 */

export interface Subscriptions {
  readonly isSharded: boolean;
  readonly connections: readonly { readonly url: string; readonly topics: readonly string[] }[];
}

export interface Received {
  readonly messages: number;
  /** Time from the call of the publisher to the listener. */
  readonly latenciesMs: readonly number[];
}

/** After it, a message counts as lost. */
const WAIT_MS_MAX = 10_000;

let open: Redis[] = [];
let latenciesMs: number[] = [];

async function subscribe({ isSharded, connections }: Subscriptions): Promise<void> {
  latenciesMs = [];
  open = connections.map(({ url }) => new Redis(url));
  for (const [i, connection] of open.entries()) {
    const topics = connections[i]?.topics ?? [];
    connection.on(isSharded ? 'smessage' : 'message', (_topic: string, text: string) => {
      latenciesMs.push(Number(process.hrtime.bigint() - BigInt(text.slice(0, text.indexOf(' ')))) / 1e6);
    });
    // A command with several sharded topics would need them all in one slot.
    await Promise.all(
      topics.map((topic) => (isSharded ? connection.ssubscribe(topic) : connection.subscribe(topic))),
    );
  }
}

async function receive(messages: number): Promise<Received> {
  const deadline = performance.now() + WAIT_MS_MAX;
  while (latenciesMs.length < messages && performance.now() < deadline) await sleep(5);
  return { messages: latenciesMs.length, latenciesMs };
}

async function execute(message: string): Promise<Received | object> {
  if (message.startsWith('{')) await subscribe(JSON.parse(message) as Subscriptions);
  else if (message !== '') return receive(Number(message));
  else for (const connection of open) connection.disconnect();
  return {};
}

process.on('message', (message) => void execute(String(message)).then((answer) => process.send?.(answer)));
process.on('disconnect', () => process.exit(0));
process.send?.({ port: 0 });
