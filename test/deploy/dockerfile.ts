import { cpSync, globSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { readDeployFile } from './deploy-files.ts';

export interface Instruction {
  readonly name: string;
  readonly value: string;
}

export interface Stage {
  readonly from: string;
  readonly as: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** Parses deploy/Dockerfile. It uses neither heredocs nor continued lines. */
export function readDockerfile(): {
  readonly args: Readonly<Record<string, string>>;
  readonly stages: Stage[];
} {
  const args: Record<string, string> = {};
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const line of readDeployFile('Dockerfile').split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, name = '', value = ''] = /^([A-Z]+)\s+(.+)$/.exec(line) ?? [];
    const last = stages.at(-1);
    if (name === 'FROM') {
      const [, from = '', as] = /^(\S+)(?:\s+AS\s+(\S+))?$/.exec(value) ?? [];
      stages.push({ from, as, instructions: [] });
    } else if (last !== undefined) last.instructions.push({ name, value });
    else if (name === 'ARG') args[value.split('=')[0] ?? ''] = value.slice(value.indexOf('=') + 1);
    else throw new Error(`${line}: not understood`);
  }
  return { args, stages };
}

/** Copies what a COPY instruction names from the build context, except what the ignore file leaves out. */
export function copyFromContext(value: string, context: string, workdir: string): void {
  const sources = value.split(' ');
  const target = sources.pop() ?? '';
  for (const source of sources) {
    if (!isInContext(source)) throw new Error(`${source} is left out by Dockerfile.dockerignore`);
    const from = path.join(context, source);
    const isFolder = statSync(from).isDirectory();
    // COPY copies the contents of a folder, and puts a file into a target that ends in a slash.
    const to = path.join(workdir, target, !isFolder && target.endsWith('/') ? path.basename(source) : '');
    mkdirSync(path.dirname(to), { recursive: true });
    cpSync(from, to, { recursive: true, filter: (file) => isInContext(path.relative(context, file)) });
  }
}

const ignoreLines = readDeployFile('Dockerfile.dockerignore')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

/** The last pattern that matches a file, or a folder above it, decides. */
function isInContext(file: string): boolean {
  const parents = file.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
  return ignoreLines.reduce((included, line) => {
    const pattern = line.replace(/^!/, '');
    return parents.some((name) => path.matchesGlob(name, pattern)) ? line.startsWith('!') : included;
  }, true);
}

/** Returns the files of a folder that a group or everyone may write to. */
export function findWritable(folder: string): string[] {
  return globSync('**/*', { cwd: folder }).filter((file) => {
    const stats = statSync(path.join(folder, file), { throwIfNoEntry: false });
    return stats !== undefined && (stats.mode & 0o022) !== 0;
  });
}
