import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import * as v from 'valibot';
import { ofTab, readStored, writeStored } from '../api/stored.ts';

const KEY = 'sellout.reloaded';

/** Loads a component when it is needed. */
export function loadLazily<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => ({ default: await loadOrReload(load) }));
}

/**
 * Loads a part of the page. A file that could not be loaded, because the browser was offline or a new release has other files, stays
 * unavailable until the page is reloaded. The page therefore reloads itself, once.
 */
export async function loadOrReload<T>(load: () => Promise<T>): Promise<T> {
  try {
    const part = await load();
    writeStored(ofTab, KEY, null);
    return part;
  } catch (error) {
    if (readStored(ofTab, KEY, v.boolean()) === true) throw error;
    await untilOnline();
    writeStored(ofTab, KEY, true);
    location.reload();
    // The page that replaces this one goes on.
    return new Promise<never>(() => {});
  }
}

function untilOnline(): Promise<void> {
  if (navigator.onLine) return Promise.resolve();
  return new Promise((resolve) => window.addEventListener('online', () => resolve(), { once: true }));
}
