// `npm run check:python`: runs the Python example against a server on temporary services. It creates a virtual environment
// in a temporary folder, for which it needs Python 3.11 or newer and PyPI.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { seed } from '../../prisma/seed.ts';
import { startApi } from '../../src/main/api.ts';
import { loadConfig } from '../../src/platform/config/config.ts';
import { step } from '../bootstrap/steps.mjs';
import { refuseArguments, ROOT, runCommand } from '../local/command.ts';
import { withScratchServices } from '../local/scratch-services.ts';
import { migrate } from '../schema/apply-migrations.ts';

const run = promisify(execFile);
const example = path.join(ROOT, 'docs/examples/python');

await runCommand(async () => {
  refuseArguments('check:python');
  const environment = mkdtempSync(path.join(tmpdir(), 'sellout-python-'));
  try {
    const python = path.join(environment, 'bin/python');
    await step('Python packages', async () => {
      await run('python3', ['-m', 'venv', environment]);
      await run(python, ['-m', 'pip', 'install', '--quiet', '-r', path.join(example, 'requirements.txt')]);
    });
    await withServer(async (origin) => {
      const { stdout } = await run(python, ['-B', path.join(example, 'check.py'), origin]);
      process.stdout.write(`  ${stdout}`);
    });
  } finally {
    rmSync(environment, { recursive: true });
  }
});

/** Runs `work` with an API that has the examples of `npm start`. */
function withServer(work: (origin: string) => Promise<void>): Promise<void> {
  return withScratchServices(async ({ databaseUrl, redisUrl }) => {
    await step('Migrations', () => migrate(databaseUrl));
    await step('Example events', () => seed({ databaseUrl }));
    const api = await startApi(
      loadConfig({
        DATABASE_URL: databaseUrl,
        REDIS_URL: redisUrl,
        AUTH_SECRET: randomUUID(),
        HOST: '127.0.0.1',
        PORT: '0',
        LOG_LEVEL: 'error',
      }),
    );
    try {
      await work(`http://127.0.0.1:${api.port}`);
    } finally {
      await api.stop();
    }
  });
}
