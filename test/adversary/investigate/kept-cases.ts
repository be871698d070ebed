import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Attack, Property } from '../attack.ts';

/** An attack that broke a property once, as small as it could be made. */
export interface KeptCase {
  readonly property: Property;
  /** What it did. */
  readonly found: string;
  readonly attack: Attack;
}

const folder = path.join(import.meta.dirname, 'cases');

export function readCases(): { readonly file: string; readonly kept: KeptCase }[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ file, kept: JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as KeptCase }));
}

/** Returns the name of its file. */
export function keepCase(kept: KeptCase): string {
  const text = JSON.stringify(kept, null, 2);
  const words = `${kept.property} ${kept.attack.label}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const hash = createHash('sha256').update(JSON.stringify(kept.attack)).digest('hex').slice(0, 6);
  const file = `${words.slice(0, 70).replace(/^-|-$/g, '')}-${hash}.json`;
  writeFileSync(path.join(folder, file), `${text}\n`);
  return file;
}

/** Equal for attacks that differ in nothing but names and numbers: what they have many times, and where. */
export function signatureOf({ kind, ...rest }: Attack): string {
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
