import { useCallback, useEffect, useState } from 'react';

export type Loaded<Data> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed' }
  | { readonly state: 'loaded'; readonly data: Data };

/** Loads what a key names, again on `reload`. A failed reload keeps the data. `load` must not change. */
export function useLoaded<Data>(
  load: (key: string) => Promise<Data>,
  key: string,
): [Loaded<Data>, () => void] {
  const [loaded, setLoaded] = useState<Loaded<Data>>({ state: 'loading' });
  const [run, setRun] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    load(key)
      .then((data) => isCurrent && setLoaded({ state: 'loaded', data }))
      .catch(() => {
        if (isCurrent) setLoaded((before) => (before.state === 'loaded' ? before : { state: 'failed' }));
      });
    return () => {
      isCurrent = false;
    };
  }, [load, key, run]);
  return [loaded, useCallback(() => setRun((count) => count + 1), [])];
}
