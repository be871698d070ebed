import { useCallback, useEffect, useState } from 'react';
import type { TypedDocumentNode } from 'urql';
import { ask, SessionOverError } from '../api/client.ts';

export type Loaded<Data> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly sessionOver: boolean }
  | { readonly state: 'loaded'; readonly data: Data };

/** Runs a query, again on `reload`. A failed reload keeps the data. `variables` must not change. */
export function useLoaded<Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): [Loaded<Data>, () => void] {
  const [loaded, setLoaded] = useState<Loaded<Data>>({ state: 'loading' });
  const [run, setRun] = useState(0);
  const key = JSON.stringify(variables);
  useEffect(() => {
    let isCurrent = true;
    ask(document, JSON.parse(key) as Variables)
      .then((data) => isCurrent && setLoaded({ state: 'loaded', data }))
      .catch((error: unknown) => {
        const failed = { state: 'failed', sessionOver: error instanceof SessionOverError } as const;
        if (isCurrent) setLoaded((before) => (before.state === 'loaded' ? before : failed));
      });
    return () => {
      isCurrent = false;
    };
  }, [document, key, run]);
  return [loaded, useCallback(() => setRun((count) => count + 1), [])];
}
