import type { ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import path from 'node:path';
import { ROOT } from '../local/command.ts';
import { endProcess, spawnService, waitUntil } from '../local/processes.ts';
import { findHaproxy } from './find-haproxy.ts';
import { ClusterNode } from './node.ts';

const READY_WITHIN_MS = 10_000;

interface BalancerOptions {
  readonly name: string;
  readonly port: number;
  /** A file in deploy/cluster. */
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
}

/** One HAProxy. */
export class BalancerNode extends ClusterNode {
  readonly #options: BalancerOptions;
  #pid = 0;

  constructor(options: BalancerOptions) {
    super(options.name, options.port);
    this.#options = options;
  }

  protected async run(): Promise<ChildProcess> {
    const { config, env, folder } = this.#options;
    const haproxy = await findHaproxy();
    const child = spawnService({
      command: haproxy.program,
      args: ['-db', '-f', path.join(ROOT, 'deploy/cluster', config)],
      logFile: path.join(folder, `${this.name}.log`),
      env: { ...haproxy.env, ADDRESS: `127.0.0.1:${this.port}`, ...env },
      signalWithParent: 'TERM',
    });
    const isUp = async () => child.exitCode !== null || (await accepts(this.port));
    if (!(await waitUntil(isUp, READY_WITHIN_MS)) || child.exitCode !== null)
      throw new Error(`${this.name} did not start; its log is ${path.join(folder, `${this.name}.log`)}`);
    this.#pid = child.pid ?? 0;
    return child;
  }

  protected async readRole(): Promise<string> {
    if (!(await accepts(this.port))) throw new Error(`${this.name} accepts no connections`);
    return 'balancing';
  }

  protected async end(): Promise<void> {
    await endProcess(this.#pid, [
      { signal: 'SIGTERM', waitMs: 3_000 },
      { signal: 'SIGKILL', waitMs: 3_000 },
    ]);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.setTimeout(1_000, () => settle(false));
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}
