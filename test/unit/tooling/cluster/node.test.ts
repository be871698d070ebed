import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { ClusterNode } from '../../../../scripts/cluster/node.ts';
import { endProcess } from '../../../../scripts/local/processes.ts';
import { eventually } from '../../../support/eventually.ts';

/** Runs until SIGTERM, and then exits with a status. */
const server = (status: number) => `
  process.on('SIGTERM', () => process.exit(${status}));
  setInterval(() => {}, 1_000);
  console.log('runs');
`;

class ScriptNode extends ClusterNode {
  readonly #script: string;

  constructor(script: string) {
    super('api-1', 0);
    this.#script = script;
  }

  protected async run(): Promise<ChildProcess> {
    const child = spawn(process.execPath, ['-e', this.#script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    return child;
  }

  protected readRole(): Promise<string> {
    return Promise.resolve('runs');
  }

  protected end(): Promise<void> {
    return endProcess(this.pid, [{ signal: 'SIGTERM', waitMs: 10_000 }]);
  }
}

const started: ClusterNode[] = [];
afterEach(() => Promise.all(started.splice(0).map((node) => node.kill())));

async function start(script: string): Promise<ClusterNode> {
  const node = new ScriptNode(script);
  started.push(node);
  await node.start();
  return node;
}

it('a node that exits by itself has ended unexpectedly', async () => {
  const node = await start(server(7));
  process.kill(node.pid, 'SIGTERM');
  await eventually('the exit is known', () => node.unexpectedExits.length > 0);
  expect(node.unexpectedExits).toEqual(['api-1 ended by itself, with status 7']);
  expect(node.endedInOrder).toBe(false);
});

it('a node that a signal ends has ended unexpectedly, also after it was healed', async () => {
  const node = await start(server(0));
  process.kill(node.pid, 'SIGKILL');
  await eventually('the exit is known', () => !node.isRunning);
  await node.heal();
  expect(node.isRunning).toBe(true);
  expect(node.unexpectedExits).toEqual(['api-1 ended by itself, with SIGKILL']);
});

it('a node that was stopped has ended in order if its status is 0', async () => {
  const [good, bad] = [await start(server(0)), await start(server(1))];
  await good.stop();
  await bad.stop();
  expect([good.endedInOrder, bad.endedInOrder]).toEqual([true, false]);
  expect([good.unexpectedExits, bad.unexpectedExits]).toEqual([[], []]);
});

it('a node that was killed has ended neither in order nor unexpectedly', async () => {
  const node = await start(server(0));
  await node.kill();
  expect([node.isRunning, node.endedInOrder]).toEqual([false, false]);
  expect(node.unexpectedExits).toEqual([]);
});
