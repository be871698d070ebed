import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/**
 * A program of this folder in a process of its own, which first tells its parent on which port it listens, and then
 * answers each message with one. It ends with its parent.
 */
export class ServerProcess {
  readonly port: number;
  readonly #process: ChildProcess;
  /** Rejects when the process ends. */
  readonly #ended: Promise<never>;

  private constructor(process: ChildProcess, ended: Promise<never>, port: number) {
    this.#process = process;
    this.#ended = ended;
    this.port = port;
  }

  static async start(
    file: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<ServerProcess> {
    const child = forkHere(file, args, env);
    const ended = once(child, 'exit').then(() =>
      Promise.reject(new Error(`${file} ${args.join(' ')} ended`)),
    );
    const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }];
    ended.catch(() => undefined);
    return new ServerProcess(child, ended, port);
  }

  /** What the process answers; the caller knows what that is. */
  async ask<T>(message: string): Promise<T> {
    this.#process.send(message);
    const [answer] = (await Promise.race([once(this.#process, 'message'), this.#ended])) as [T];
    return answer;
  }

  async cpuSeconds(): Promise<number> {
    return (await this.ask<{ cpuSeconds: number }>('cpu')).cpuSeconds;
  }

  async stop(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    await this.#ended.catch(() => undefined);
  }
}

/** A program of this folder as a process. */
export function forkHere(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess {
  return fork(path.join(import.meta.dirname, file), args, {
    env: { ...process.env, ...env, NODE_ENV: 'production' },
  });
}
