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
import { PACKAGE_FOLDER, stagePackage } from '../../scripts/client-package/stage.ts';

const root = path.join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** Runs npm as from a shell. The environment of a surrounding `npm test` would name another project. */
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
  /** A project that has nothing of Sellout except the archive. */
  let project: string;
  let installed: string;
  beforeAll(async () => {
    const scratch = realpathSync(mkdtempSync(path.join(inject('scratchFolder'), 'package-')));
    const staged = path.join(scratch, 'staged');
    stagePackage(staged);
    await npm(scratch, 'pack', staged);
    const archives = readdirSync(scratch).filter((name) => name.endsWith('.tgz'));
    project = path.join(scratch, 'project');
    installed = path.join(project, 'node_modules', 'sellout');
    mkdirSync(project);
    writeFileSync(path.join(project, 'package.json'), '{ "private": true, "type": "module" }');
    await npm(project, 'install', ...archives.map((name) => path.join(scratch, name)));
  });

  it('has no dependencies, and every file that its exports name', () => {
    expect(readdirSync(path.dirname(installed)).sort()).toEqual(['.package-lock.json', 'sellout']);
    const manifest = readManifest(installed);
    expect(Object.keys(manifest).sort()).toEqual(
      ['name', 'version', 'description', 'license', 'type', 'exports', 'files', 'engines'].sort(),
    );
    expect(Object.keys(manifest.exports)).toEqual(Object.keys(readManifest(root).exports));
    const named = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    const wanted = [...named, 'LICENSE', 'README.md', 'docs/protocol.md'];
    expect(wanted.filter((file) => !existsSync(path.join(installed, file)))).toEqual([]);
    expect(readFileSync(path.join(installed, 'README.md'), 'utf8')).toContain('](docs/protocol.md)');
  });

  it('runs in plain Node', async () => {
    const page = `
      import { createSeatFeed } from 'sellout/seat-feed';
      import { graphqlWsTransport } from 'sellout/seat-feed/graphql-ws';
      import introspection from 'sellout/schema.introspection.json' with { type: 'json' };
      import possibleTypes from 'sellout/possible-types.json' with { type: 'json' };
      import schema from 'sellout/layout.schema.json' with { type: 'json' };

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
          const from = import.meta.resolve('sellout/seat-feed');
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
      pathToFileURL(path.join(installed, 'seat-feed', 'create-seat-feed.js')).href,
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
  ])('has types with which the code in its README compiles ($moduleResolution)', async (modules) => {
    const graphqlWs = path.join(project, 'node_modules', 'graphql-ws');
    if (!existsSync(graphqlWs)) symlinkSync(path.join(root, 'node_modules', 'graphql-ws'), graphqlWs);
    const readme = readFileSync(path.join(installed, 'README.md'), 'utf8');
    const shown = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
    expect(shown).not.toEqual([]);
    const page = `
      import type { SeatStatus } from 'sellout/seat-feed';
      import possibleTypes from 'sellout/possible-types.json' with { type: 'json' };
      import schema from 'sellout/layout.schema.json' with { type: 'json' };
      declare const eventId: string;
      declare const layout: { readonly seatIds: readonly string[] };
      declare const seatMap: { readonly version: number; readonly states: string };
      declare function paint(index: number, status: SeatStatus): void;
      declare function showWhetherLive(live: boolean): void;
      ${shown.join('\n')}
      // @ts-expect-error -- It is known which statuses there are.
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
    // tsc reports errors on standard output, not in an error message.
    const said = await run(process.execPath, [tsc], { cwd: project }).catch((error: unknown) => error);
    expect(said).toEqual({ stdout: '', stderr: '' });
  });
});

it('the server cannot be packed by mistake', async () => {
  await expect(npm(root, 'pack', '--dry-run')).rejects.toThrow(`npm pack ./${PACKAGE_FOLDER}`);
});
