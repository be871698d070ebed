import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/**
 * A server in a child process. Its first message to the parent contains its port; then it answers each message with one. It
 * ends with its parent.
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
    program: URL,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<ServerProcess> {
    const child = forkProgram(program, args, env);
    const ended = once(child, 'exit').then(() =>
      Promise.reject(new Error(`${program.pathname} ${args.join(' ')} ended`)),
    );
    const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }];
    ended.catch(() => undefined);
    return new ServerProcess(child, ended, port);
  }

  /** Sends a message and returns the answer, whose type the caller knows. */
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

/** Runs a program in a child process. */
export function forkProgram(
  program: URL,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd?: string,
): ChildProcess {
  return fork(program, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env, NODE_ENV: 'production' },
  });
}
