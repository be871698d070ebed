import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { type Lock, tryLock } from '../bootstrap/lock.mjs';
import { StartupError } from '../../src/platform/errors.ts';
import type { RedisAddress } from '../../src/platform/redis/redis.ts';
import { ROOT } from './command.ts';

/** State that a running `npm start` leaves for other commands. It is valid only while the folder is locked. */
export interface RunningState {
  pid: number;
  startedAt: string;
  databaseUrl: string;
  redis: RedisAddress;
}

export interface DataFolder {
  folder: string;
  postgres: string;
  redis: string;
  secretFile: string;
  stateFile: string;
}

/** Creates the data folder if it is missing. A relative SELLOUT_DATA_DIR is resolved against the repository. */
export function openDataFolder(env: Readonly<Record<string, string | undefined>>): DataFolder {
  const folder = makeWritable(path.resolve(ROOT, env['SELLOUT_DATA_DIR'] ?? '.data'));
  return {
    folder,
    postgres: path.join(folder, 'postgres'),
    redis: path.join(folder, 'redis'),
    secretFile: path.join(folder, 'auth-secret'),
    stateFile: path.join(folder, 'running.json'),
  };
}

/** Returns the real path. @throws {StartupError} if the folder can't be created or written. */
function makeWritable(folder: string): string {
  try {
    makeFolder(folder);
    accessSync(`${folder}/.`, constants.W_OK | constants.X_OK);
    return realpathSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartupError(
      `SELLOUT_DATA_DIR: ${folder} is not writable (${code}). Choose a folder that this user can write to, such as SELLOUT_DATA_DIR=${path.join(homedir(), 'sellout-data')}.`,
      { cause: error },
    );
  }
}

/** Creates a folder and its missing parents. Node's `recursive` option never returns in a file system such as /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another command may have created it in the meantime.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Takes the lock that guards the services in the folder. Returns null if another command holds it. */
export function lockDataFolder(data: DataFolder): Promise<Lock | null> {
  return tryLock(data.folder, 'data');
}

export function writeState(data: DataFolder, state: RunningState): void {
  writeFileSync(data.stateFile, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
}

export function readState(data: DataFolder): RunningState | null {
  if (!existsSync(data.stateFile)) return null;
  return JSON.parse(readFileSync(data.stateFile, 'utf8')) as RunningState;
}

export function clearState(data: DataFolder): void {
  rmSync(data.stateFile, { force: true });
}

/** Returns an error that names the process that uses the folder, and says what to do. */
export function folderInUse(data: DataFolder): Error {
  const state = readState(data);
  const who = state === null ? 'another Sellout command' : `process ${state.pid}, since ${state.startedAt}`;
  return new Error(
    `${data.folder} is in use: ${who}.\n` +
      'Stop it first, or run a second copy with its own folder and port:\n' +
      '  SELLOUT_DATA_DIR=.data2 PORT=4001 npm start',
  );
}

/** Returns the key that signs tokens. It is created once, so that tokens remain valid after a restart. */
export function authSecret(data: DataFolder): string {
  if (existsSync(data.secretFile)) return readFileSync(data.secretFile, 'utf8').trim();
  const secret = randomBytes(32).toString('base64url');
  writeFileSync(data.secretFile, `${secret}\n`, { mode: 0o600 });
  return secret;
}
