import { useEffect, useSyncExternalStore } from 'react';
import { client } from './client.ts';
import { follow } from './follow.ts';
import { ServiceUpdatesDocument, type ServiceMode } from './operations/service.ts';

/* Whether writes work. Followed by one subscription while a page needs it; unknown counts as NORMAL. */

let mode: ServiceMode = 'NORMAL';
let subscribers = 0;
let end = () => {};
const listeners = new Set<() => void>();

function setMode(next: ServiceMode): void {
  if (next === mode) return;
  mode = next;
  for (const listener of listeners) listener();
}

/** Keeps the mode across lost connections: the first message of each subscription is the current one. */
function followMode(): () => void {
  const following = follow(
    () => client.subscription(ServiceUpdatesDocument, {}),
    ({ data }) => {
      if (data !== undefined) setMode(data.serviceUpdates.mode);
    },
  );
  return () => following.stop();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Follows the mode of the service while the component is shown. */
export function useFollowedService(): void {
  useEffect(() => {
    if (subscribers++ === 0) end = followMode();
    return () => {
      if (--subscribers > 0) return;
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
    if (mode === 'NORMAL' && subscribers > 0) listener();
  });
}
