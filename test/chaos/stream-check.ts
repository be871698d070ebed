import type { SeatFeedSink } from '../../src/web/seat-feed/create-seat-feed.ts';

interface Update {
  readonly __typename?: string;
  readonly version?: number;
  readonly fromVersion?: number;
}

/** Checks every message on its way into a feed: each must continue the previous one, across a whole subscription. */
export class StreamCheck {
  messages = 0;
  snapshots = 0;
  /** Number of subscriptions that resumed with the changes since the requested version. */
  resumed = 0;
  readonly faults: string[] = [];
  /** Why subscriptions ended, in their order. */
  readonly ends: { readonly atMs: number; readonly reason: string }[] = [];

  /** Wraps a sink. @param afterVersion the version that the subscription resumes from */
  watch(afterVersion: number | null, sink: SeatFeedSink): SeatFeedSink {
    let last = afterVersion;
    let first = true;
    return {
      ...sink,
      next: (update) => {
        last = this.#take(update ?? {}, last, first);
        first = false;
        sink.next(update);
      },
      error: (error) => {
        this.ends.push({ atMs: performance.now(), reason: describe(error) });
        sink.error(error);
      },
    };
  }

  #take({ __typename, version = -1, fromVersion }: Update, last: number | null, first: boolean): number {
    this.messages++;
    if (__typename === 'SeatMapSnapshot') {
      this.snapshots++;
      if (last !== null && version < last) this.faults.push(`a snapshot of ${version} after ${last}`);
      return version;
    }
    if (first) this.resumed++;
    if (fromVersion !== last || version < (fromVersion ?? Infinity))
      this.faults.push(`changes from ${fromVersion} to ${version} after ${last}`);
    return version;
  }
}

/** Errors of a connection are events, errors of a subscription are GraphQL errors. */
function describe(error: unknown): string {
  if (Array.isArray(error))
    return error.map((each: { message?: unknown }) => String(each.message)).join('; ');
  if (error instanceof Error) return error.message;
  const { code, message } = error as { readonly code?: number; readonly message?: string };
  return code === undefined ? (message ?? String(error)) : `closed with ${code}`;
}
