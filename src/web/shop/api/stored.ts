import * as v from 'valibot';

/* Values in localStorage and sessionStorage. Both may be full, forbidden, or edited: then a value is as if never stored. */

export function readStored<T>(
  storage: () => Storage,
  key: string,
  schema: v.GenericSchema<unknown, T>,
): T | null {
  try {
    const parsed = v.safeParse(schema, JSON.parse(storage().getItem(key) ?? 'null'));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

/** Stores a value, or removes it if it is null. */
export function writeStored(storage: () => Storage, key: string, value: unknown): void {
  try {
    if (value === null) storage().removeItem(key);
    else storage().setItem(key, JSON.stringify(value));
  } catch {
    // The page works without, until it is reloaded.
  }
}

export const ofBrowser = () => localStorage;
export const ofTab = () => sessionStorage;
