import type { Attack } from '../attack.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Path = readonly (string | number)[];

export interface ShrinkLimits {
  readonly attempts: number;
  readonly seconds: number;
}

/** Multipliers with their minimum, which leaves nothing to multiply. */
const leastOf: Readonly<Record<string, number>> = {
  times: 0,
  sockets: 1,
  addresses: 1,
  connections: 1,
  fragments: 1,
  writes: 1,
  pieces: 1,
};
/** Lists whose parts an attack may lose. */
const lists = new Set(['body', 'target', 'bytes', 'payload', 'repeat', 'messages', 'headers']);
/** Precision of a multiplier, relative to the smallest one that still fails. */
const PRECISION = 0.15;

/** Returns the smallest attack found that still fails: without unnecessary parts and with minimal multipliers. */
export async function shrink(
  attack: Attack,
  stillFails: (attack: Attack) => Promise<boolean>,
  { attempts, seconds }: ShrinkLimits,
): Promise<Attack> {
  const overAt = performance.now() + seconds * 1_000;
  let left = attempts;
  let smallest = attack as unknown as Json;
  const accepts = async (candidate: Json): Promise<boolean> => {
    if (left-- <= 0 || performance.now() > overAt) return false;
    if (!(await stillFails(candidate as unknown as Attack))) return false;
    smallest = candidate;
    return true;
  };
  for (let before: Json | null = null; before !== smallest && left > 0;) {
    before = smallest;
    for (const path of pathsOfLists(smallest)) await dropParts(path, () => smallest, accepts);
    for (const path of pathsOfMultipliers(smallest)) await lower(path, () => smallest, accepts);
  }
  return smallest as unknown as Attack;
}

type Accepts = (candidate: Json) => Promise<boolean>;

/** Drops halves first, then quarters, down to single parts. */
async function dropParts(path: Path, current: () => Json, accepts: Accepts): Promise<void> {
  const length = () => {
    const list = at(current(), path);
    return isList(list) ? list.length : 0;
  };
  for (let size = Math.ceil(length() / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < length();) {
      const list = at(current(), path) as readonly Json[];
      const dropped = replaced(current(), path, list.toSpliced(start, size));
      if (!(await accepts(dropped))) start += size;
    }
  }
}

async function lower(path: Path, current: () => Json, accepts: Accepts): Promise<void> {
  const most = at(current(), path);
  if (typeof most !== 'number') return;
  let passes = leastOf[String(path.at(-1))] ?? 0;
  if (most <= passes || (await accepts(replaced(current(), path, passes)))) return;
  for (let fails = most; fails - passes > Math.max(1, fails * PRECISION);) {
    const middle = Math.floor((fails + passes) / 2);
    if (await accepts(replaced(current(), path, middle))) fails = middle;
    else passes = middle;
  }
}

function pathsOfLists(value: Json): Path[] {
  return pathsIn(value, [], (path, node) => isList(node) && isDroppable(path));
}

function pathsOfMultipliers(value: Json): Path[] {
  return pathsIn(value, [], (path, node) => typeof node === 'number' && String(path.at(-1)) in leastOf);
}

/** A header is a pair of name and value, which stay together; the value is a recipe. */
function isDroppable(path: Path): boolean {
  const name = path.findLast((part) => typeof part === 'string') ?? '';
  return lists.has(name) && !(name === 'headers' && path.length === 2);
}

function pathsIn(node: Json, path: Path, wanted: (path: Path, node: Json) => boolean): Path[] {
  const inner =
    typeof node === 'object' && node !== null
      ? Object.entries(node).flatMap(([key, child]) =>
          pathsIn(child, [...path, isList(node) ? Number(key) : key], wanted),
        )
      : [];
  return wanted(path, node) ? [path, ...inner] : inner;
}

/** Undefined if an earlier step dropped it. */
function at(value: Json, path: Path): Json | undefined {
  let node: Json | undefined = value;
  for (const part of path) {
    if (typeof node !== 'object' || node === null) return undefined;
    node = (node as Readonly<Record<string | number, Json>>)[part];
  }
  return node;
}

function replaced(value: Json, path: Path, by: Json): Json {
  const [first, ...rest] = path;
  if (first === undefined) return by;
  if (isList(value)) return value.with(Number(first), replaced(value[Number(first)] ?? null, rest, by));
  const object = value as Readonly<Record<string, Json>>;
  return { ...object, [first]: replaced(object[first] ?? null, rest, by) };
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
