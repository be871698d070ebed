import os from 'node:os';
import path from 'node:path';

interface LineRule {
  /** Which files it is for, by path in the repository. */
  readonly files: RegExp;
  readonly pattern: RegExp;
  readonly message: string;
}

const lineRules: readonly LineRule[] = [
  {
    files: /(^|\/)package-lock\.json$/,
    pattern: /"resolved":\s*"[a-z+]+:/,
    message: 'the lock file names where a package came from; .npmrc tells npm to leave it out',
  },
  {
    files: /./,
    pattern:
      /\bregistry\.[a-z0-9-]+\.[a-z]{2,}|\b(?:artifactory|verdaccio|nexus)\.[a-z0-9-]+\.[a-z]{2,}|^\s*(?:@[\w-]+:)?registry\s*=/i,
    message: 'names a package registry, which each machine configures itself',
  },
  {
    files: /./,
    pattern: /(?<![\w.~$}*-])\/(?:home|Users|root)\/[\w.-]+|\b[A-Z]:\\Users\\/,
    message: 'names a path of one machine',
  },
  {
    files: /^src\/(?!generated\/).*\.(?:ts|tsx|mts)$/,
    pattern: /\bimport\(\s*(?!['"\s])/,
    message: 'import() with a computed path: the import table cannot be checked',
  },
  {
    files: /^test\/(?!support\/(?:eventually|pause)\.ts$)/,
    pattern: /\bsetTimeout\(|['"](?:node:)?timers(?:\/promises)?['"]/,
    message:
      'a timer in a test: await the expected event (support/eventually.ts), or pace a driver (support/pause.ts)',
  },
  {
    files: /^src\//,
    pattern: /(?:oxlint|eslint)-disable.*(?:no-restricted-imports|no-cycle)/,
    message: 'the import table has no exceptions; change the table instead',
  },
];

/** Code that people write and read; prose and data may be longer. */
const codeFiles = /^(?:src|scripts|prisma|test|loadtest)\/.*\.[cm]?[jt]sx?$/;
const LINES_MAX = 300;

/** Every fault of one file, as `path:line: what is wrong`. */
export function faultsOf(file: string, text: string, machinePaths: readonly string[] = ownPaths()): string[] {
  const rules = lineRules.filter(({ files }) => files.test(file));
  const lines = text.replace(/\n$/, '').split('\n');
  const tooLong = codeFiles.test(file) && lines.length > LINES_MAX;
  return lines.flatMap((line, index) => {
    const messages = rules.filter(({ pattern }) => pattern.test(line)).map(({ message }) => message);
    if (machinePaths.some((own) => namesPath(line, own))) messages.push('names a path of this machine');
    if (tooLong && index === LINES_MAX) messages.push(`more than ${LINES_MAX} lines: split it by subject`);
    return messages.map((message) => `${file}:${index + 1}: ${message}`);
  });
}

/** Where this copy and its user live. Short paths such as `/` or `/app` stand in too many sentences to look for. */
function ownPaths(): string[] {
  const own = [path.join(import.meta.dirname, '..', '..'), os.homedir()];
  return own.filter((place) => place.split(path.sep).length > 2);
}

function namesPath(line: string, place: string): boolean {
  const at = line.indexOf(place);
  return at >= 0 && !/[\w-]/.test(line.charAt(at + place.length));
}

interface LockEntry {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * Optional packages that the lock file names but does not list. npm leaves one out when the registry in use does not
 * have it (another platform's build, say), and then `npm ci` refuses the whole file.
 */
export function lockFaults(text: string): string[] {
  const { packages } = JSON.parse(text) as { packages: Readonly<Record<string, LockEntry>> };
  return Object.entries(packages).flatMap(([location, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isListed(packages, location, name))
      .map((name) => `package-lock.json: ${name}, optional for ${location || 'this package'}, is not listed`),
  );
}

function isListed(packages: Readonly<Record<string, LockEntry>>, from: string, name: string): boolean {
  if (from === '') return `node_modules/${name}` in packages;
  if (`${from}/node_modules/${name}` in packages) return true;
  const outer = from.lastIndexOf('/node_modules/');
  return isListed(packages, outer < 0 ? '' : from.slice(0, outer), name);
}
