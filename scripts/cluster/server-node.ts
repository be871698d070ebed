import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../local/command.ts';
import { endProcess, spawnService, waitUntil } from '../local/processes.ts';
import { ClusterNode } from './node.ts';

const READY_WITHIN_MS = 60_000;
const RESPONSE_WITHIN_MS = 1_000;
const LOG_LINES_SHOWN = 5;

interface ServerOptions {
  readonly name: string;
  /** The port that serves /ready. */
  readonly port: number;
  /** Entry file. */
  readonly file: string;
  /** Read at each start: addresses are known only then. */
  readonly readEnv: () => Readonly<Record<string, string | undefined>>;
  readonly folder: string;
}

/** An API process or a worker. */
export class ServerNode extends ClusterNode {
  readonly #options: ServerOptions;
  readonly #logFile: string;
  #pid = 0;

  constructor(options: ServerOptions) {
    super(options.name, options.port);
    this.#options = options;
    this.#logFile = path.join(options.folder, `${options.name}.log`);
  }

  protected async run(): Promise<ChildProcess> {
    const child = spawnService({
      command: process.execPath,
      args: [path.join(ROOT, this.#options.file)],
      logFile: this.#logFile,
      // The log of a process that was killed says why.
      continuesLog: this.#pid !== 0,
      env: this.#options.readEnv(),
      signalWithParent: 'TERM',
    });
    this.#pid = child.pid ?? 0;
    const isUp = async () => child.exitCode !== null || (await this.#isReady());
    if (await waitUntil(isUp, READY_WITHIN_MS)) if (child.exitCode === null) return child;
    const log = readFileSync(this.#logFile, 'utf8').trim().split('\n').slice(-LOG_LINES_SHOWN);
    throw new Error(`${this.name} did not start. Its log (${this.#logFile}) ends with:\n${log.join('\n')}`);
  }

  #isReady(): Promise<boolean> {
    return this.#fetchReady().then(
      ({ ok }) => ok,
      () => false,
    );
  }

  #fetchReady(): Promise<Response> {
    const signal = AbortSignal.timeout(RESPONSE_WITHIN_MS);
    return fetch(`http://127.0.0.1:${this.port}/ready`, { signal });
  }

  protected async readRole(): Promise<string> {
    const response = await this.#fetchReady();
    const body = (await response.json()) as { status?: unknown };
    return typeof body.status === 'string' ? body.status : `status ${response.status}`;
  }

  protected async end(): Promise<void> {
    await endProcess(this.#pid, [
      { signal: 'SIGTERM', waitMs: 12_000 },
      { signal: 'SIGKILL', waitMs: 3_000 },
    ]);
  }
}
