import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { tsc } from '../../scripts/check/tsc.ts';

const root = path.join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** Runs npm as a person starts it: a surrounding `npm test` would set its project and configuration. */
async function npm(cwd: string, ...args: string[]): Promise<void> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  await run('npm', [...args, '--offline', '--cache', path.join(inject('scratchFolder'), 'npm')], {
    cwd,
    env,
  });
}

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
}

describe('the packed client', () => {
  /** A project that has nothing of Sellout but the archive. */
  let project: string;
  let installed: string;
  beforeAll(async () => {
    const scratch = realpathSync(mkdtempSync(path.join(inject('scratchFolder'), 'package-')));
    await npm(root, 'pack', '--workspace', '@sellout/seat-feed', '--pack-destination', scratch);
    const archives = readdirSync(scratch).filter((name) => name.endsWith('.tgz'));
    project = path.join(scratch, 'project');
    installed = path.join(project, 'node_modules', '@sellout', 'seat-feed');
    mkdirSync(project);
    writeFileSync(path.join(project, 'package.json'), '{ "private": true, "type": "module" }');
    await npm(project, 'install', ...archives.map((name) => path.join(scratch, name)));
  });

  it('has no dependencies, and contains every file that its exports name', () => {
    expect(readdirSync(path.join(project, 'node_modules')).sort()).toEqual([
      '.package-lock.json',
      '@sellout',
    ]);
    expect(readdirSync(path.dirname(installed))).toEqual(['seat-feed']);
    expect(readdirSync(installed).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
    const named = Object.values(readManifest(installed).exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    const wanted = [...named, 'dist/protocol.md'];
    expect(wanted.filter((file) => !existsSync(path.join(installed, file)))).toEqual([]);
  });

  it('has the license of the repository', () => {
    const readLicense = (folder: string) => readFileSync(path.join(folder, 'LICENSE'), 'utf8');
    expect(readLicense(installed)).toBe(readLicense(root));
  });

  it('runs in plain Node', async () => {
    const page = `
      import { createSeatFeed } from '@sellout/seat-feed';
      import { graphqlWsTransport } from '@sellout/seat-feed/graphql-ws';
      import introspection from '@sellout/seat-feed/schema.introspection.json' with { type: 'json' };
      import possibleTypes from '@sellout/seat-feed/possible-types.json' with { type: 'json' };
      import schema from '@sellout/seat-feed/layout.schema.json' with { type: 'json' };

      const client = {
        on: () => () => undefined,
        terminate: () => undefined,
        subscribe(payload, sink) {
          sink.next({ data: { seatUpdates: { version: 9, states: '5AE=' } } });
          return () => undefined;
        },
      };
      const feed = createSeatFeed({
        seatCount: 6,
        ...graphqlWsTransport(client, 'RXZlbnQ6MQ=='),
        onChange() {
          const from = import.meta.resolve('@sellout/seat-feed');
          const { name } = introspection.__schema.subscriptionType;
          console.log(JSON.stringify([from, schema.title, name, possibleTypes.SeatUpdate, feed.version, feed.statusOf(2), feed.counts()]));
          feed.close();
        },
      });
    `;
    writeFileSync(path.join(project, 'page.js'), page);
    const { stdout, stderr } = await run(process.execPath, ['page.js'], { cwd: project });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual([
      pathToFileURL(path.join(installed, 'dist', 'create-seat-feed.js')).href,
      "Layout of an event's seats, format 1",
      'Subscription',
      ['SeatMapSnapshot', 'SeatsChanged'],
      9,
      'BOOKED',
      { AVAILABLE: 2, HELD: 2, BOOKED: 1, BLOCKED: 1 },
    ]);
  });

  it.each([
    { module: 'nodenext', moduleResolution: 'nodenext' },
    { module: 'esnext', moduleResolution: 'bundler' },
  ])('has types that accept the examples in its README ($moduleResolution)', async (modules) => {
    const graphqlWs = path.join(project, 'node_modules', 'graphql-ws');
    if (!existsSync(graphqlWs)) symlinkSync(path.join(root, 'node_modules', 'graphql-ws'), graphqlWs);
    const readme = readFileSync(path.join(installed, 'README.md'), 'utf8');
    const shown = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
    expect(shown).not.toEqual([]);
    const page = `
      import type { SeatStatus } from '@sellout/seat-feed';
      import possibleTypes from '@sellout/seat-feed/possible-types.json' with { type: 'json' };
      import schema from '@sellout/seat-feed/layout.schema.json' with { type: 'json' };
      declare const eventId: string;
      declare const layout: { readonly seatIds: readonly string[] };
      declare const seatMap: { readonly version: number; readonly states: string };
      declare function paint(index: number, status: SeatStatus): void;
      declare function showWhetherLive(live: boolean): void;
      ${shown.join('\n')}
      // @ts-expect-error -- No seat has this status.
      paint(4, 'FREE');
      export const title: string = schema.title;
      export const forApollo: Record<string, string[]> = possibleTypes;
    `;
    writeFileSync(path.join(project, 'page.ts'), page);
    const compilerOptions = {
      ...modules,
      target: 'es2022',
      lib: ['es2022', 'dom'],
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      resolveJsonModule: true,
      noEmit: true,
    };
    writeFileSync(
      path.join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['page.ts'] }),
    );
    // tsc prints errors to standard output, which the message of a rejection does not contain.
    const output = await run(process.execPath, [tsc], { cwd: project }).catch((error: unknown) => error);
    expect(output).toEqual({ stdout: '', stderr: '' });
  });
});
