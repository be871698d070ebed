import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { withDeadline } from '../../../src/platform/deadline.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const ENDS_WITHIN_MS = 40_000;

/** Runs a script of ours that is expected to end by itself. It gets these variables, and of our own only what Node needs. */
export async function runToEnd(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd?: string,
): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    cwd,
    // As the bootstrap starts scripts: the schema engine is a WebAssembly module, at which Node warns.
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
    const [stdout, stderr, [code]] = await withDeadline(ended, ENDS_WITHIN_MS, `${args[0]} to end`);
    return { code: code as number | null, stdout, stderr };
  } finally {
    child.kill('SIGKILL');
  }
}
