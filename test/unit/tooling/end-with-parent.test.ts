import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

const endWithParent = new URL('../../support/processes/end-with-parent.mjs', import.meta.url).href;

/** Runs forever, and reports that its worker thread has started. */
const server = `
  const { Worker } = require('node:worker_threads');
  new Worker('setInterval(() => {}, 1_000)', { eval: true }).on('online', () => console.log('runs'));
`;

/** Spawns the server, which shares its output with this process. */
const parent = `
  const args = ['--import', ${JSON.stringify(endWithParent)}, '-e', ${JSON.stringify(server)}];
  require('node:child_process').spawn(process.execPath, args, { stdio: ['pipe', 'inherit', 'inherit'] });
`;

it('a server of a test ends when the process of the test is killed', async () => {
  const child = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  expect(line.toString()).toBe('runs\n');
  child.kill('SIGKILL');
  // The output ends when no process has it open.
  expect(await text(child.stdout)).toBe('');
});
