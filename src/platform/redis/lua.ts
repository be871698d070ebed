import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Redis } from './redis.ts';

/** A Lua script that Redis runs atomically with the given keys and arguments. */
export type LuaScript = (
  keys: readonly string[],
  args: readonly (string | number | Buffer)[],
) => Promise<unknown>;

const fileName = /^(?<name>[a-z][A-Za-z]*)-(?<keys>\d+|n)\.lua$/;

/**
 * Loads `verbNoun-<number of keys>.lua`, or `verbNoun-n.lua` if the number varies. The client sends the script's hash, and
 * its text if Redis does not know the hash, such as after a restart.
 */
export function loadLua(redis: Redis, file: URL): LuaScript {
  const base = path.basename(file.pathname);
  const { name, keys } = fileName.exec(base)?.groups ?? {};
  if (name === undefined || keys === undefined)
    throw new Error(`${base} is not named as verbNoun-<keys>.lua`);
  const numberOfKeys = keys === 'n' ? null : Number(keys);
  const lua = readFileSync(file, 'utf8');
  redis.defineCommand(name, numberOfKeys === null ? { lua } : { lua, numberOfKeys });
  // ioredis adds the command as a method that its types do not declare.
  const commands = redis as unknown as Record<
    string,
    (...args: (string | number | Buffer)[]) => Promise<unknown>
  >;
  return (given, args) => {
    const run = commands[name];
    if (run === undefined || (numberOfKeys !== null && given.length !== numberOfKeys))
      throw new Error(`${base} takes ${keys} key(s)`);
    // Without a fixed number of keys, their number is the first argument.
    return run.call(redis, ...(numberOfKeys === null ? [given.length] : []), ...given, ...args);
  };
}
