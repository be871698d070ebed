// `npm run check:readme`: runs every command of README.md in its shortest form, on services and a data folder of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readEnvironment } from '../../src/platform/config/environment.ts';
import { refuseArguments, ROOT, runCommand } from '../local/command.ts';
import { freePort } from '../local/ports.ts';
import { makeScratchFolder } from '../local/scratch-folder.ts';
import { extractCommands } from './readme/extract-commands.ts';
import { findCommandErrors, findShortForm, type ShortForm } from './readme/short-forms.ts';

const READY = 'Sellout is ready';
const READY_WITHIN_MS = 120_000;
const MINUTES_MAX = 3;
const OUTPUT_SHOWN_MAX = 4_000;

type Environment = ReturnType<typeof readEnvironment>;

await runCommand(async () => {
  refuseArguments('check:readme');
  const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
  const commands = extractCommands(read('README.md'));
  const errors = findCommandErrors(commands, read('.ci/run'));
  if (errors.length > 0) throw new Error(errors.join('\n'));
  const forms = commands.map((command) => ({ command, form: findShortForm(command) }));

  await using scratch = await makeDisposableFolder();
  const port = await freePort();
  const env = {
    ...readEnvironment(),
    SELLOUT_DATA_DIR: path.join(scratch.folder, 'data'),
    PORT: String(port),
    METRICS_PORT: '0',
  };
  let failures = 0;
  const check = async (command: string, short: string, work: () => Promise<string | null>) => {
    const startedAt = performance.now();
    const failure = await work();
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    console.log(
      `${failure === null ? '✓' : '✗'} ${command}${short === command ? '' : ` as ${short}`} (${seconds} s)`,
    );
    if (failure === null) return;
    failures++;
    console.log(failure.slice(-OUTPUT_SHOWN_MAX));
  };
  const runAll = async (key: 'run' | 'last') => {
    for (const { command, form } of forms) {
      const short = getText(form, key)?.replaceAll('localhost:4000', `localhost:${port}`);
      if (short !== undefined) await check(command, short, () => runShort(short, env));
    }
  };

  const server = spawnShell('npm start', env);
  try {
    await check('npm start', 'npm start', () => waitUntilReady(server));
    await runAll('run');
  } finally {
    await stop(server);
  }
  await runAll('last');
  for (const { command, form } of forms)
    if (form !== null && 'step' in form) console.log(`  ${command}: the step \`${form.step}\` of .ci/run`);
  console.log(`${commands.length} commands of README.md, ${failures} failed`);
  if (failures > 0) process.exitCode = 1;
});

function getText(form: ShortForm | null, key: 'run' | 'last'): string | undefined {
  if (form === null) return undefined;
  if (key === 'run') return 'run' in form ? form.run : undefined;
  return 'last' in form ? form.last : undefined;
}

/** Starts a command in a process group of its own, so that it can be stopped with all that it has started. */
function spawnShell(command: string, env: Environment): ChildProcess {
  return spawn('bash', ['-c', command], {
    cwd: ROOT,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch {
    // The group has ended.
  }
}

/** Collects what a command prints. */
function collect({ stdout, stderr }: ChildProcess): { readonly text: string } {
  const output = { text: '' };
  for (const stream of [stdout, stderr])
    stream?.on('data', (chunk: Buffer) => (output.text += chunk.toString('utf8')));
  return output;
}

/** Runs a command to its end. Returns null if it succeeds, else its output. */
async function runShort(command: string, env: Environment): Promise<string | null> {
  const child = spawnShell(command, env);
  const output = collect(child);
  const timer = setTimeout(() => signal(child, 'SIGKILL'), MINUTES_MAX * 60_000);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  if (code === 0) return null;
  return `${output.text}\n${code === null ? `It took longer than ${MINUTES_MAX} minutes.` : `Exit status ${code}.`}`;
}

/** Returns null as soon as `npm start` says that it is ready, or its output if it ends or takes too long. */
async function waitUntilReady(server: ChildProcess): Promise<string | null> {
  const output = collect(server);
  const ready = new Promise<null>((resolve) =>
    server.stdout?.on('data', () => output.text.includes(READY) && resolve(null)),
  );
  const ended = once(server, 'close').then(() => output.text);
  const late = new Promise<string>((resolve) =>
    setTimeout(() => resolve(`${output.text}\nIt was not ready in time.`), READY_WITHIN_MS).unref(),
  );
  return Promise.race([ready, ended, late]);
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'close');
  signal(server, 'SIGINT');
  await ended;
}

async function makeDisposableFolder() {
  const scratch = await makeScratchFolder();
  return { folder: scratch.folder, [Symbol.asyncDispose]: () => scratch.remove() };
}
