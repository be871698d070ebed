import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { generate } from '../../../scripts/bootstrap/generate.mjs';
import { install, reasonToInstall } from '../../../scripts/bootstrap/install.mjs';
import { ROOT } from '../../../scripts/local/command.ts';
import { makeScratchFolder } from '../../../scripts/local/scratch-folder.ts';

export interface Tree extends AsyncDisposable {
  readonly folder: string;
}

const BENCHMARKS = 'loadtest/bench';

/**
 * Returns the commit of a revision.
 *
 * @throws if it is unknown, or if the working tree has changes, which the comparison would attribute to its last commit.
 */
export function findCommit(revision: string, root = ROOT): string {
  if (runGit(root, 'status', '--porcelain') !== '')
    throw new Error('The working tree has changes. Commit or stash them, and compare again.');
  try {
    return runGit(root, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
  } catch {
    throw new Error(`There is no revision '${revision}'.`);
  }
}

/**
 * Checks a commit out into a worktree of its own, with dependencies and generated code. Both trees are measured by the
 * benchmarks of this one, which replace those of the commit.
 */
export async function checkOut(commit: string): Promise<Tree> {
  const scratch = await makeScratchFolder();
  const folder = path.join(scratch.folder, 'base');
  const remove = async () => {
    await scratch.remove();
    runGit(ROOT, 'worktree', 'prune');
  };
  try {
    runGit(ROOT, 'worktree', 'add', '--detach', '--quiet', folder, commit);
    const modules = path.join(folder, 'node_modules');
    symlinkSync(path.join(ROOT, 'node_modules'), modules);
    if (reasonToInstall(folder, true) !== null) {
      rmSync(modules);
      await install(folder, true);
    }
    await generate(folder, process.execPath);
    rmSync(path.join(folder, BENCHMARKS), { recursive: true, force: true });
    cpSync(path.join(ROOT, BENCHMARKS), path.join(folder, BENCHMARKS), { recursive: true });
  } catch (error) {
    await remove();
    throw error;
  }
  return { folder, [Symbol.asyncDispose]: remove };
}

function runGit(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
