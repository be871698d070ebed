import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Version that the scripts are written for, and that is built if none is found. */
const K6_VERSION = 'v1.8.1';
const GO_MINOR_MIN = 24;

export interface K6 {
  readonly program: string;
  /** The first line of `k6 version`. */
  readonly version: string;
}

export interface FindOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether k6 may be downloaded and built if it is missing. */
  readonly mayBuild: boolean;
  readonly print: (line: string) => void;
}

/**
 * Finds k6: `K6`, then PATH, then Go's folder of programs, then the cache, into which it builds k6 once.
 *
 * @throws {Error} if there is no k6 and none can be built.
 */
export function findK6({ env, mayBuild, print }: FindOptions): K6 {
  const given = env['K6'];
  if (given !== undefined) {
    const k6 = tryK6(given);
    if (k6 === null) throw new Error(`K6=${given} does not run as k6.`);
    return k6;
  }
  const cache = path.join(
    env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'),
    'sellout',
    `k6-${K6_VERSION}`,
  );
  const gopath = runForText('go', ['env', 'GOPATH']);
  const places = ['k6', ...(gopath === null ? [] : [path.join(gopath, 'bin', 'k6')]), path.join(cache, 'k6')];
  for (const place of places) {
    const k6 = tryK6(place);
    if (k6 !== null) return k6;
  }
  if (!mayBuild) throw explainMissing('CI does not download it');
  return buildK6(cache, print);
}

function explainMissing(found: string): Error {
  return new Error(
    `The load tests need k6. K6 is not set, PATH has no k6, and ${found}.\n` +
      `Install k6 (https://grafana.com/docs/k6/latest/set-up/install-k6/), or set K6 to the program. With Go 1.${GO_MINOR_MIN} or newer,\n` +
      '`npm run loadtest -- NAME` builds k6 once.',
  );
}

function buildK6(folder: string, print: (line: string) => void): K6 {
  const go = runForText('go', ['env', 'GOVERSION']);
  if (go === null) throw explainMissing('Go is not installed');
  if (!isNewEnough(go)) throw explainMissing(`${go} is too old to build it`);
  print(`Building k6 ${K6_VERSION} with ${go}. This happens once and takes some minutes.`);
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync('go', ['install', `go.k6.io/k6@${K6_VERSION}`], {
    env: { ...process.env, GOBIN: folder, GOFLAGS: '' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const k6 = status === 0 ? tryK6(path.join(folder, 'k6')) : null;
  if (k6 === null) throw new Error(`go install go.k6.io/k6@${K6_VERSION} failed. Its output is above.`);
  return k6;
}

/** Returns whether a version such as `go1.26.8` can build k6. */
export function isNewEnough(goVersion: string): boolean {
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(goVersion) ?? [];
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= GO_MINOR_MIN);
}

function tryK6(program: string): K6 | null {
  if (program.includes(path.sep) && !existsSync(program)) return null;
  const version = runForText(program, ['version'])?.split('\n')[0];
  return version?.startsWith('k6 ') ? { program, version } : null;
}

function runForText(program: string, args: readonly string[]): string | null {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}
