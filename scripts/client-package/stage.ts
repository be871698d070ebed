import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tsc } from '../check/tsc.ts';

const root = path.join(import.meta.dirname, '..', '..');
const project = path.join(root, 'src', 'web', 'seat-feed');

/** Where `npm run build:seat-feed` puts it. The root's `exports` point into it, so that the names hold there too. */
export const PACKAGE_FOLDER = 'dist/package';

const DESCRIPTION = "The live seat map of Sellout's events for pages: right, also after a lost connection.";

/** What `npm run schema` prints, for code generators and caches of clients. */
const contract = ['schema.graphql', 'schema.introspection.json', 'possible-types.json'];

/** What of the root's package.json is true of the client too. Its dependencies and scripts are the server's. */
interface RootManifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly type: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** Writes the client module as a package that needs nothing, ready for `npm pack`, into a folder that is new or empty. */
export function stagePackage(folder: string): void {
  const compiled = path.join(folder, 'seat-feed');
  execFileSync(process.execPath, [tsc, '--project', project, '--noEmit', 'false', '--outDir', compiled], {
    stdio: 'inherit',
  });
  mkdirSync(path.join(folder, 'docs'));
  for (const file of ['LICENSE', ...contract, 'docs/protocol.md', 'docs/layout.schema.json'])
    cpSync(path.join(root, file), path.join(folder, file));
  writeFileSync(path.join(folder, 'README.md'), readme());
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
}

function manifest(): object {
  const { name, version, license, type, engines, exports } = JSON.parse(
    readFileSync(path.join(root, 'package.json'), 'utf8'),
  ) as RootManifest;
  const own = JSON.parse(JSON.stringify(exports).replaceAll(`./${PACKAGE_FOLDER}/`, './')) as unknown;
  const files = ['seat-feed', 'docs', ...contract];
  return { name, version, description: DESCRIPTION, license, type, exports: own, files, engines };
}

/** The module's own, whose links lead to files of the package where it lies. */
function readme(): string {
  return readFileSync(path.join(project, 'README.md'), 'utf8').replaceAll('](../../../', '](');
}
