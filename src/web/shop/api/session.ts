import * as v from 'valibot';
import { ofBrowser, readStored, writeStored } from './stored.ts';

/* The guest session. All tabs of the browser share it. */

const KEY = 'sellout.guest';
const guest = v.object({ token: v.string(), expiresAt: v.string() });

export interface Guest {
  readonly token: string;
  readonly expiresAt: string;
}

let current: Guest | null = null;

/** Returns the token, or null if there is no session or it has expired. */
export function getToken(): string | null {
  current = readStored(ofBrowser, KEY, guest) ?? current;
  return current === null || Date.parse(current.expiresAt) <= Date.now() ? null : current.token;
}

export function setGuest(next: Guest | null): void {
  current = next;
  writeStored(ofBrowser, KEY, next);
}
