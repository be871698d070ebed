import { AsyncLocalStorage } from 'node:async_hooks';

/** The id of the request that runs, for where errors are masked: there the library hands on no context. */
const scope = new AsyncLocalStorage<string>();

export function inRequest<T>(requestId: string, run: () => T): T {
  return scope.run(requestId, run);
}

export function currentRequestId(): string {
  return scope.getStore() ?? 'none';
}
