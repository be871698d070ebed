import type { ChildProcess } from 'node:child_process';
import { waitUntil } from '../local/processes.ts';
import { freezeTree, killTree, thawTree } from './process-tree.ts';

const EXIT_SEEN_WITHIN_MS = 5_000;

/** One process of the cluster, such as `api-2`, which can be broken and mended. */
export abstract class ClusterNode {
  readonly name: string;
  readonly port: number;
  #child: ChildProcess | null = null;
  #isPaused = false;
  /** Processes that `stop` or `kill` is ending, or has ended. */
  readonly #ending = new WeakSet<ChildProcess>();
  /** Descriptions of exits that neither `stop` nor `kill` has caused. */
  readonly unexpectedExits: string[] = [];

  constructor(name: string, port: number) {
    this.name = name;
    this.port = port;
  }

  /** Starts the process, and resolves when it is ready. */
  protected abstract run(): Promise<ChildProcess>;
  /** Returns what it does in one or two words, such as `primary`. @throws if it does not respond. */
  protected abstract readRole(): Promise<string>;
  /** Stops the process in order. */
  protected abstract end(): Promise<void>;

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** True if `stop` or `kill` ended the process, and it exited with status 0. */
  get endedInOrder(): boolean {
    return this.#child !== null && this.#ending.has(this.#child) && this.#child.exitCode === 0;
  }

  /** @throws if the process was never started. */
  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error(`${this.name} does not run`);
    return this.#child.pid;
  }

  get isPaused(): boolean {
    return this.isRunning && this.#isPaused;
  }

  async start(): Promise<void> {
    this.#isPaused = false;
    const child = await this.run();
    this.#child = child;
    if (this.isRunning) child.once('exit', () => this.#onExit(child));
    else this.#onExit(child);
  }

  #onExit(child: ChildProcess): void {
    if (this.#ending.has(child)) return;
    const how = child.signalCode ?? `status ${child.exitCode}`;
    this.unexpectedExits.push(`${this.name} ended by itself, with ${how}`);
  }

  async stop(): Promise<void> {
    this.resume();
    await this.#endWith(() => this.end());
  }

  /** Kills the process and its children, like a power failure. */
  async kill(): Promise<void> {
    await this.#endWith(() => killTree(this.pid));
  }

  /** Resolves when the exit of the process is known here. */
  async #endWith(end: () => Promise<void>): Promise<void> {
    if (this.#child === null || !this.isRunning) return;
    this.#ending.add(this.#child);
    await end();
    if (!(await waitUntil(() => !this.isRunning, EXIT_SEEN_WITHIN_MS)))
      throw new Error(`${this.name} did not end`);
  }

  /** Freezes the process and its children: connections stay open, and nothing is answered. */
  pause(): void {
    if (!this.isRunning) throw new Error(`${this.name} does not run`);
    freezeTree(this.pid);
    this.#isPaused = true;
  }

  /** Lets a paused process go on as if nothing had happened. */
  resume(): void {
    if (this.isPaused) thawTree(this.pid);
    this.#isPaused = false;
  }

  /** Makes the node work again: continues it if it is paused, and starts it if it has ended. */
  async heal(): Promise<void> {
    this.resume();
    if (!this.isRunning) await this.start();
  }

  /** Returns the state in words. */
  async readState(): Promise<string> {
    if (!this.isRunning) return 'down';
    if (this.isPaused) return 'paused';
    try {
      return await this.readRole();
    } catch {
      return 'no response';
    }
  }
}
