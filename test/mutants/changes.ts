import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TestedMutant } from './all-mutants.ts';

const OUTPUT_MAX = 64 * 1024 * 1024;

/** An earlier commit that the tree is compared with. */
export interface Base {
  readonly commit: string;
  /** Why this commit, for the log. */
  readonly reason: string;
}

/**
 * Returns the commit since which changes matter: where this branch left `origin/main`, or, on main itself, the last
 * release. Returns null if neither is known.
 */
export function findBase(root: string): Base | null {
  const head = tryGit(root, 'rev-parse', 'HEAD');
  const fork = tryGit(root, 'merge-base', 'HEAD', 'origin/main');
  if (fork !== null && fork !== head) return { commit: fork, reason: 'where this branch left origin/main' };
  const tag = tryGit(root, 'describe', '--tags', '--abbrev=0', '--match', 'v*', 'HEAD^');
  return tag === null ? null : { commit: tag, reason: 'the last release' };
}

/** Returns the base that `--since` names. @throws if there is no such commit. */
export function resolveBase(root: string, ref: string): Base {
  const commit = tryGit(root, 'rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`);
  if (commit === null) throw new Error(`--since ${ref}: git knows no such commit.`);
  return { commit, reason: ref };
}

/** Returns the files that differ from the base, uncommitted changes included, or all files of the history if it is null. */
export function listChangedFiles(root: string, base: Base | null): ReadonlySet<string> {
  const range = base === null ? [] : [`${base.commit}..HEAD`];
  const newestFirst = listLines(root, 'log', '--format=', '--name-only', ...range);
  const uncommitted = [
    ...listLines(root, 'diff', '--name-only', 'HEAD'),
    ...listLines(root, 'ls-files', '--others', '--exclude-standard'),
  ];
  const ordered = new Set([...uncommitted, ...newestFirst]);
  if (base === null) return ordered;
  // A file that was changed and changed back does not differ.
  const differing = new Set([...uncommitted, ...listLines(root, 'diff', '--name-only', base.commit)]);
  return new Set([...ordered].filter((file) => differing.has(file)));
}

/** Returns the mutants as the base defines them. Empty if it has none, or none that can be loaded. */
export async function readMutantsAt(root: string, { commit }: Base): Promise<readonly TestedMutant[]> {
  const copy = mkdtempSync(path.join(tmpdir(), 'sellout-mutants-before-'));
  try {
    const archive = git(root, ['archive', '--format=tar', commit, 'package.json', 'test/mutants']);
    execFileSync('tar', ['-x', '-C', copy], { input: archive });
    const url = pathToFileURL(path.join(copy, 'test/mutants/all-mutants.ts')).href;
    return ((await import(url)) as { readonly allMutants: readonly TestedMutant[] }).allMutants;
  } catch {
    return [];
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function listLines(root: string, ...args: string[]): string[] {
  const text = tryGit(root, ...args) ?? '';
  return text.split('\n').filter((line) => line !== '');
}

function tryGit(root: string, ...args: string[]): string | null {
  try {
    return git(root, args).toString('utf8').trim();
  } catch {
    return null;
  }
}

/** Works on a clone that belongs to another user, too. Unusual characters in paths are not quoted. */
function git(root: string, args: readonly string[]): Buffer {
  const settings = ['-c', `safe.directory=${root}`, '-c', 'core.quotePath=false'];
  return execFileSync('git', [...settings, ...args], {
    cwd: root,
    maxBuffer: OUTPUT_MAX,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
