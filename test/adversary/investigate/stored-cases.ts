import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Attack, Property } from '../attack.ts';

/** A minimized attack that once broke a property. */
export interface StoredCase {
  readonly property: Property;
  /** What it broke. */
  readonly found: string;
  readonly attack: Attack;
}

/** One folder for each property. */
const folder = path.join(import.meta.dirname, '..', 'cases');

export function readCases(): { readonly file: string; readonly stored: StoredCase }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      file,
      stored: JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as StoredCase,
    }));
}

/** Stores a case and returns its file. */
export function storeCase(stored: StoredCase): string {
  const hash = createHash('sha256').update(JSON.stringify(stored.attack)).digest('hex').slice(0, 6);
  const file = path.join(toFileName(stored.property), `${toFileName(stored.attack.label)}-${hash}.json`);
  mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(folder, file), `${JSON.stringify(stored, null, 2)}\n`);
  return file;
}

function toFileName(words: string): string {
  return words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replace(/^-|-$/g, '');
}

/** Returns a signature of what the attack repeats and where. It ignores names and numbers. */
export function getSignature({ kind, ...rest }: Attack): string {
  const units: string[] = [];
  JSON.stringify(rest, (key, value: unknown) => {
    const times = (value as { times?: unknown } | null)?.times;
    if (typeof times === 'number' && times > 8)
      units.push(JSON.stringify(Object.values(value as object)[0]).replace(/\w+/g, 'w'));
    if (typeof value === 'number' && value > 8 && key !== 'times') units.push(key);
    return value;
  });
  return [kind, ...new Set(units)].sort().join(' ');
}
