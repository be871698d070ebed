import { AsyncLocalStorage } from 'node:async_hooks';

/** ID of the current request, for code that gets no context from its library, such as the masking of errors. */
const scope = new AsyncLocalStorage<string>();

export function runInRequest<T>(requestId: string, run: () => T): T {
  return scope.run(requestId, run);
}

export function currentRequestId(): string {
  return scope.getStore() ?? 'none';
}
