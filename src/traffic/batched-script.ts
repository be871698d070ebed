import { batchCalls } from '../platform/call-batches.ts';
import { getNodeOf, type Redis } from '../platform/redis/redis.ts';
import { withResponseTimeout } from '../platform/with-timeout.ts';

/** Time for which a node is not asked after it has failed to answer. */
const ASK_AGAIN_AFTER_MS = 1_000;

interface BatchedScriptOptions<Call, Result> {
  /** Runs the script once for all of the calls. Returns their results in the same order. */
  readonly run: (calls: readonly Call[]) => Promise<readonly Result[]>;
  /** Maximum number of calls in one script, which Redis runs without interruption. */
  readonly callsMax: number;
  /** Time that a call waits for Redis. Default: that of the client. */
  readonly timeoutMs?: number;
}

/**
 * A script that calls share. Those that arrive in the same turn of the event loop and have the same hash tag are sent as one
 * command, so that a busy process sends few commands, and an idle one delays nothing.
 */
export class BatchedScript<Call, Result> {
  readonly #redis: Redis;
  readonly #options: BatchedScriptOptions<Call, Result>;
  readonly #run: (tag: string, call: Call) => Promise<Result>;
  /** When to ask each node again that has failed to answer. */
  readonly #askAgainAtMs = new Map<string, number>();

  constructor(redis: Redis, options: BatchedScriptOptions<Call, Result>) {
    this.#redis = redis;
    this.#options = options;
    this.#run = batchCalls((tag, calls) => this.#send(tag, calls), options.callsMax); // guard: calls-share-scripts
  }

  /** False if a call would fail at once, or if the node that has the keys of this tag has just failed to answer. */
  canAsk(tag: string): boolean {
    if (this.#redis.status !== 'ready') return false;
    // guard: limits-ask-other-nodes
    const at = this.#askAgainAtMs.size === 0 ? undefined : this.#askAgainAtMs.get(this.#nodeOf(tag));
    return at === undefined || performance.now() >= at;
  }

  /**
   * Runs the script for a call, together with other calls of this turn.
   *
   * @param tag the hash tag that all keys have.
   * @throws if Redis does not answer in time. The script may have run.
   */
  run(tag: string, call: Call): Promise<Result> {
    return this.#run(tag, call);
  }

  async #send(tag: string, calls: readonly Call[]): Promise<readonly Result[]> {
    const { run, timeoutMs } = this.#options;
    const node = this.#nodeOf(tag);
    try {
      const running = run(calls);
      const results = await (timeoutMs === undefined
        ? running
        : withResponseTimeout(running, timeoutMs, 'the rate limits in Redis'));
      this.#askAgainAtMs.delete(node);
      return results;
    } catch (error) {
      this.#askAgainAtMs.set(node, performance.now() + ASK_AGAIN_AFTER_MS);
      throw error;
    }
  }

  #nodeOf(tag: string): string {
    return getNodeOf(this.#redis, `{${tag}}`);
  }
}
