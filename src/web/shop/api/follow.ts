import type { CombinedError, OperationResult } from 'urql';

/** Mean time after which a subscription that has ended is started again. Varied, because the pages of a crowd must not return at once. */
const RESUBSCRIBE_MS = 3_000;

export interface Update<Data> {
  readonly data?: Data | undefined;
  readonly error?: CombinedError | undefined;
  /** The subscription has ended, and is started again later. */
  readonly isOver: boolean;
}

/** A subscription of urql that has not been started. */
interface Source<Data> {
  subscribe(onResult: (result: Pick<OperationResult<Data>, 'data' | 'error' | 'hasNext'>) => void): {
    unsubscribe(): void;
  };
}

export interface Following {
  /** Starts the subscription again, at a random time within this one. */
  restart(withinMs: number): void;
  stop(): void;
}

/** Follows a subscription until it is stopped. Whenever it ends, it is started again; its first message is the current state. */
export function follow<Data>(open: () => Source<Data>, onUpdate: (update: Update<Data>) => void): Following {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let subscription: { unsubscribe(): void } | undefined;
  const subscribe = () => {
    subscription?.unsubscribe();
    subscription = open().subscribe(({ data, error, hasNext }) => {
      const isOver = error !== undefined || !hasNext;
      onUpdate({ data, error, isOver });
      if (isOver) plan(RESUBSCRIBE_MS * (0.5 + Math.random()));
    });
  };
  // A refused subscription reports its error and its end: the second plan replaces the first.
  const plan = (ms: number) => {
    clearTimeout(timer); // guard: subscribed-again-once
    timer = setTimeout(subscribe, ms);
  };
  subscribe();
  return {
    restart(withinMs) {
      subscription?.unsubscribe();
      plan(withinMs * Math.random());
    },
    stop() {
      clearTimeout(timer);
      subscription?.unsubscribe();
    },
  };
}
