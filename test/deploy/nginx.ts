import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inject } from 'vitest';
import { findProgram } from '../../scripts/local/packages/find-program.ts';
import { freePort } from '../../scripts/local/ports.ts';
import { endProcess, spawnService } from '../../scripts/local/processes.ts';
import { eventually } from '../support/eventually.ts';

export interface Nginx extends AsyncDisposable {
  readonly url: string;
}

/** Starts `deploy/cluster/cdn.conf` in front of an API process. */
export async function startCachingNginx(originUrl: string): Promise<Nginx> {
  const { program, env } = await findProgram({
    title: 'nginx',
    cacheName: 'nginx',
    programs: ['nginx'],
    folder: 'usr/sbin',
    packages: [{ name: 'nginx', dependencies: [] }],
    version: { argument: '-v', pattern: /nginx\/(\d[\w.]*)/ },
    advice: 'Install nginx 1.18 or newer (apt-get install nginx).',
  });
  const folder = mkdtempSync(path.join(inject('scratchFolder'), 'services', 'nginx-'));
  const port = await freePort();
  const config = readFileSync('deploy/cluster/cdn.conf', 'utf8')
    .replace('server 127.0.0.1:4100;', `server ${new URL(originUrl).host};`)
    .replace('listen 127.0.0.1:4190;', `listen 127.0.0.1:${port};`);
  writeFileSync(path.join(folder, 'cdn.conf'), config);
  const child = spawnService({
    command: program,
    // As root, its worker would be another user, who may not enter the folder.
    args: ['-p', folder, '-c', 'cdn.conf', ...(process.getuid?.() === 0 ? ['-g', 'user root;'] : [])],
    logFile: path.join(folder, 'nginx.log'),
    env: { ...env },
    signalWithParent: 'TERM',
  });
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${url}/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await eventually('nginx passes requests to the API', isReady);
  return {
    url,
    [Symbol.asyncDispose]: () =>
      endProcess(child.pid ?? 0, [
        { signal: 'SIGTERM', waitMs: 3_000 },
        { signal: 'SIGKILL', waitMs: 3_000 },
      ]),
  };
}
