import { readFileSync } from 'node:fs';
import path from 'node:path';
import { assembleReleasePlan } from '@changesets/assemble-release-plan';
import { readConfig } from '@changesets/config';
import { readChangesets } from '@changesets/read';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly workspaces?: readonly string[];
}

/** What the changesets of a repository release. */
export interface PlannedRelease {
  readonly plan: ReturnType<typeof assembleReleasePlan>;
  readonly packages: Parameters<typeof assembleReleasePlan>[1];
  readonly config: Parameters<typeof assembleReleasePlan>[2];
}

/**
 * Reads `.changeset` and plans the release. The server is the root package, which the command line of changesets leaves
 * out of a repository with workspaces, so its libraries get a list of packages that includes it.
 *
 * @throws {Error} for a malformed changeset, or one that names an unknown package.
 */
export async function planRelease(root: string): Promise<PlannedRelease> {
  const readPackage = (relativeDir: string) => {
    const dir = path.join(root, relativeDir);
    const packageJson = JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8')) as Manifest;
    return { packageJson, dir };
  };
  const server = readPackage('.');
  const workspaces = (server.packageJson.workspaces ?? []).map(readPackage);
  const packages: PlannedRelease['packages'] = {
    tool: { type: 'npm' },
    rootDir: root,
    rootPackage: server,
    packages: [server, ...workspaces],
  };
  const { config, errors } = await readConfig(root, packages);
  if (config === undefined) throw new Error(errors.join('\n'));
  const plan = assembleReleasePlan(await readChangesets(root), packages, config, undefined);
  return { plan, packages, config };
}

const PRODUCT = /^(?:src\/(?!generated\/)|prisma\/migrations\/|schema\.graphql$)/;
const CHANGESET = /^\.changeset\/(?!README\.md$)[^/]+\.md$/;

/** Returns the files of the product among those that a branch changes, if the branch adds no changeset. */
export function findUndescribed(changed: readonly string[], added: readonly string[]): string[] {
  return added.some((file) => CHANGESET.test(file)) ? [] : changed.filter((file) => PRODUCT.test(file));
}
