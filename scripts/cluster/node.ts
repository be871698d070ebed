import type { ChildProcess } from 'node:child_process';
import { freezeTree, killTree, thawTree } from './process-tree.ts';

/** One process of the cluster, such as `api-2`, which can be broken and mended. */
export abstract class ClusterNode {
  readonly name: string;
  readonly port: number;
  #child: ChildProcess | null = null;
  #isPaused = false;

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
    this.#child = await this.run();
  }

  async stop(): Promise<void> {
    this.resume();
    if (this.isRunning) await this.end();
  }

  /** Kills the process and its children, like a power failure. */
  async kill(): Promise<void> {
    if (this.isRunning) await killTree(this.pid);
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
