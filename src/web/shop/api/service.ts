import { useEffect, useSyncExternalStore } from 'react';
import { client } from './client.ts';
import { ServiceUpdatesDocument, type ServiceMode } from './operations.ts';

/* Whether writes work. Followed by one subscription while a page needs it; unknown counts as NORMAL. */

/** On average: the pages of a crowd must not return at once. */
const RESUBSCRIBE_MS = 3_000;

let mode: ServiceMode = 'NORMAL';
let followers = 0;
let end = () => {};
const listeners = new Set<() => void>();

function setMode(next: ServiceMode): void {
  if (next === mode) return;
  mode = next;
  for (const listener of listeners) listener();
}

/** Keeps the mode across lost connections: the first message of each subscription is the current one. */
function follow(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let subscription: { unsubscribe(): void } | undefined;
  const subscribe = () => {
    subscription = client.subscription(ServiceUpdatesDocument, {}).subscribe(({ data, error, hasNext }) => {
      if (data !== undefined) setMode(data.serviceUpdates.mode);
      if (error !== undefined || !hasNext)
        timer = setTimeout(subscribe, RESUBSCRIBE_MS * (0.5 + Math.random()));
    });
  };
  subscribe();
  return () => {
    clearTimeout(timer);
    subscription?.unsubscribe();
  };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Follows the mode of the service while the component is shown. */
export function useFollowedService(): void {
  useEffect(() => {
    if (followers++ === 0) end = follow();
    return () => {
      if (--followers > 0) return;
      end();
      setMode('NORMAL');
    };
  }, []);
}

/** Returns true while writes are off, as far as a page follows it. */
export function useIsReadOnly(): boolean {
  return useSyncExternalStore(subscribe, () => mode === 'READ_ONLY');
}

/** Calls the listener each time that writes work again. Returns a function that stops it. */
export function onWritable(listener: () => void): () => void {
  return subscribe(() => {
    if (mode === 'NORMAL' && followers > 0) listener();
  });
}
