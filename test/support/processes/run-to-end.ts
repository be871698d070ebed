import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { withTimeout } from '../../../src/platform/with-timeout.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const ENDS_WITHIN_MS = 40_000;

/** Runs a script of the repository until it exits. Of this process's environment it gets only what Node needs. */
export async function runToEnd(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd?: string,
): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    cwd,
    // Like the bootstrap, hides Node's warning about the schema engine, a WebAssembly module.
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    const [stdout, stderr, [code]] = await withTimeout(ended, ENDS_WITHIN_MS, `${args[0]} to end`);
    return { code: code as number | null, stdout, stderr };
  } finally {
    child.kill('SIGKILL');
  }
}
