import { useSyncExternalStore } from 'react';
import * as v from 'valibot';
import { getKnownServerTime } from './clock.ts';
import { ofBrowser, readStored, writeStored } from './stored.ts';

/* The guest session. All tabs of the browser share it. */

const KEY = 'sellout.guest';
const guest = v.object({
  token: v.string(),
  expiresAt: v.string(),
  /** The server no longer accepts the token. Kept until the next session starts, so that pages can say so. */
  isRefused: v.optional(v.boolean(), false),
});

export interface Guest {
  readonly token: string;
  readonly expiresAt: string;
}

type Session = v.InferOutput<typeof guest>;

let current: Session | null = null;
const listeners = new Set<() => void>();

function read(): Session | null {
  return (current = readStored(ofBrowser, KEY, guest) ?? current);
}

function write(next: Session): void {
  current = next;
  writeStored(ofBrowser, KEY, next);
  for (const listener of listeners) listener();
}

/**
 * Returns true if the session has ended. Only the server decides: by refusing the token, or by its clock. The clock of a phone
 * may be wrong by years.
 */
function hasEnded({ isRefused, expiresAt }: Session): boolean {
  const now = getKnownServerTime();
  return isRefused || (now !== null && Date.parse(expiresAt) <= now);
}

/** Returns the token, or null if there is no session or it has ended. */
export function getToken(): string | null {
  const session = read();
  return session === null || hasEnded(session) ? null : session.token;
}

/** Returns true if the last session of this browser has ended, and no other one has started. */
export function isSessionOver(): boolean {
  const session = read();
  return session !== null && hasEnded(session);
}

export function setGuest({ token, expiresAt }: Guest): void {
  write({ token, expiresAt, isRefused: false });
}

/** Ends the session of a token that the server has refused. Another tab may have started the next one already. */
export function endSession(token: string): void {
  const session = read();
  if (session?.token === token) write({ ...session, isRefused: true });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

/** Returns the token, and renders again when another session starts or this one ends, also in another tab. */
export function useToken(): string | null {
  return useSyncExternalStore(subscribe, getToken);
}
