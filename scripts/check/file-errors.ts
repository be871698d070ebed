import os from 'node:os';
import path from 'node:path';

interface LineRule {
  /** Matches the repository paths of the files to check. */
  readonly files: RegExp;
  readonly pattern: RegExp;
  readonly message: string;
}

const lineRules: readonly LineRule[] = [
  {
    files: /(^|\/)package-lock\.json$/,
    pattern: /"resolved":\s*"[a-z+]+:/,
    message: 'the lock file contains the URL of a package; .npmrc tells npm to omit it',
  },
  {
    files: /./,
    pattern:
      /\bregistry\.[a-z0-9-]+\.[a-z]{2,}|\b(?:artifactory|verdaccio|nexus)\.[a-z0-9-]+\.[a-z]{2,}|^\s*(?:@[\w-]+:)?registry\s*=/i,
    message: 'names a package registry; each machine configures its own',
  },
  {
    files: /./,
    pattern: /(?<![\w.~$}*-])\/(?:home|Users|root)\/[\w.-]+|\b[A-Z]:\\Users\\/,
    message: 'names a path of one machine',
  },
  {
    files: /./,
    // Prettier turns the last of these marks in Markdown into nested quotes.
    pattern: /^(?:<{7} |>{7} |(?:> ){6})/,
    message: 'a mark of a merge conflict',
  },
  {
    files: /^src\/(?!generated\/).*\.(?:ts|tsx|mts)$/,
    pattern: /\bimport\(\s*(?!['"\s])/,
    message: 'import() with a computed path, which the import table cannot check',
  },
  {
    // The migrations of the first release are not checked: nothing ran before it.
    files: /^prisma\/migrations\/(?!2026112[0-8])\d+_\w+\/migration\.sql$/,
    pattern:
      /^(?!.*-- contract: \S)(?!\s*--).*\b(?:DROP\s+(?:TABLE|COLUMN|TYPE|VIEW|FUNCTION|DEFAULT)|RENAME|SET\s+NOT\s+NULL|SET\s+DATA\s+TYPE|ALTER\s+COLUMN\s+\S+\s+TYPE|ADD\s+COLUMN\b(?!.*\bDEFAULT\b).*\bNOT\s+NULL)\b/i,
    message:
      'breaks servers of the release before during an upgrade: contract a release later, and end the line with -- contract: REASON',
  },
  {
    // The name tells servers of older releases, which do not have the file.
    files: /^prisma\/migrations\/(?!2026112[0-8])\d+_\w+(?<!_contract)\/migration\.sql$/,
    pattern: /-- contract: \S/,
    message: 'contracts: end the name of the migration with _contract, so that older servers refuse to start',
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

/** Files with a limited length. Prose and data may be longer. */
const codeFiles = /^(?:src|scripts|prisma|test|loadtest|docs\/examples)\/(?!relay\/).*\.[cm]?[jt]sx?$/;
const LINES_MAX = 300;

/** Returns all findings in one file, as `path:line: message`. */
export function findFileErrors(
  file: string,
  text: string,
  machinePaths: readonly string[] = getMachinePaths(),
): string[] {
  const rules = lineRules.filter(({ files }) => files.test(file));
  const lines = text.replace(/\n$/, '').split('\n');
  const tooLong = codeFiles.test(file) && lines.length > LINES_MAX;
  return lines.flatMap((line, index) => {
    const messages = rules.filter(({ pattern }) => pattern.test(line)).map(({ message }) => message);
    if (machinePaths.some((own) => mentionsPath(line, own))) messages.push('names a path of this machine');
    if (tooLong && index === LINES_MAX) messages.push(`more than ${LINES_MAX} lines: split it by subject`);
    return messages.map((message) => `${file}:${index + 1}: ${message}`);
  });
}

/** Returns the paths of this clone and of the user's home. Omits short ones such as `/app`, which occur in prose. */
function getMachinePaths(): string[] {
  const paths = [path.join(import.meta.dirname, '..', '..'), os.homedir()];
  return paths.filter((place) => place.split(path.sep).length > 2);
}

function mentionsPath(line: string, place: string): boolean {
  const at = line.indexOf(place);
  return at >= 0 && !/[\w-]/.test(line.charAt(at + place.length));
}

interface LockEntry {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * Returns optional packages that the lock file names but does not list. npm omits one if the configured registry does not
 * have it, such as a build for another platform. `npm ci` then rejects the whole file.
 */
export function findLockErrors(text: string): string[] {
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

const FILES_PER_FOLDER_MAX = 15;

/** Folders that may hold more files: one per root field, generated code, and recorded attacks. */
const largeFolders = /^(?:src\/graphql\/operations\/|src\/generated\/|test\/adversary\/cases$)/;

/** Returns the folders under src and test with too many files, not counting their subfolders. */
export function findFolderErrors(files: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const folder of files.map((file) => path.posix.dirname(file))) {
    if (/^(?:src|test)(?:\/|$)/.test(folder) && !largeFolders.test(folder))
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > FILES_PER_FOLDER_MAX)
    .map(
      ([folder, count]) =>
        `${folder}: ${count} files, more than ${FILES_PER_FOLDER_MAX}: divide it by subject`,
    );
}
