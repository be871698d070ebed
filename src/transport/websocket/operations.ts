import type { ExecutionResult } from 'graphql';
import { endResults } from '../../graphql/engine/subscription.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { startSpan, type Span } from '../../platform/observability/tracing.ts';
import { createRequestScope, type RequestScope } from '../../platform/request-scope.ts';
import { logOperation } from './socket-log.ts';

/*
 * The life of an operation:
 *
 *   open ──▶ running ── start ──▶ started ──┐
 *               │                           │ the results end, or the client completes
 *               └──────── finish ◀──────────┘
 *
 * Independently of that, either side may complete it, which frees its ID. From then on, nothing is sent about it.
 */

/** An operation of a socket, from the message of the client until its work has ended. */
export class SocketOperation {
  /** The ID that the client gave to it. */
  readonly id: string;
  readonly scope: RequestScope;
  /** Null if operations are not traced. */
  readonly span: Span | null;
  readonly startedAt = performance.now();
  /** True if the client or the server has completed the operation. */
  isCompleted = false;
  /** Releases what the operation has reserved. */
  release: (() => void) | null = null;
  /** The results of a started subscription that has not ended. */
  results: AsyncIterator<ExecutionResult> | null = null;
  /** True if the fan-out sends the results, so that nothing waits for them here. */
  isShared = false;

  constructor(id: string) {
    this.id = id;
    this.span = startSpan({ name: 'operation', kind: 'server' }, null);
    this.scope = createRequestScope(this.span?.context);
  }
}

/** The operations of one socket that have not ended. */
export class Operations {
  readonly #address: string;
  readonly #logger: Logger;
  readonly #accessLogger: Logger;
  /** Operations that neither side has completed, by their IDs. */
  readonly #open = new Map<string, SocketOperation>();
  #running = 0;
  #started = 0;
  #onAnswered: (() => void) | undefined;

  /** `address` is that of the client. `accessLogger` is a fast logger. */
  constructor(address: string, logger: Logger, accessLogger: Logger) {
    this.#address = address;
    this.#logger = logger;
    this.#accessLogger = accessLogger;
  }

  /** Number of running operations, including those that the client has completed and that have not ended yet. */
  get running(): number {
    return this.#running;
  }

  /** Opens an operation. Returns null if its ID is in use. The caller finishes it when its work has ended. */
  open(id: string): SocketOperation | null {
    if (this.#open.has(id)) return null; // guard: operation-id-unique
    const operation = new SocketOperation(id);
    this.#open.set(id, operation);
    this.#running++;
    return operation;
  }

  /** Marks an operation as completed, which frees its ID. Returns false if it was completed before. */
  complete(operation: SocketOperation): boolean {
    if (operation.isCompleted) return false; // guard: reused-operation-id
    operation.isCompleted = true;
    this.#open.delete(operation.id);
    return true;
  }

  /** Completes an operation for the client, which ends its results. Does nothing if no open operation has the ID. */
  cancel(id: string): void {
    const operation = this.#open.get(id);
    if (operation === undefined) return;
    this.complete(operation);
    this.end(operation);
  }

  /** Registers the results of a subscription, which has started. */
  start(operation: SocketOperation, results: AsyncIterator<ExecutionResult>): void {
    operation.results = results;
    this.#started++;
    this.#checkAnswered();
  }

  /** Ends the results of an operation in the background. */
  end(operation: SocketOperation): void {
    const { results } = operation;
    if (results === null) return;
    this.#forgetResults(operation);
    endResults(results, this.#logger);
    if (operation.isShared) this.finish(operation); // guard: shared-operation-finished
  }

  /** Ends the work of an operation: logs it, and releases its memory. */
  finish(operation: SocketOperation): void {
    this.#forgetResults(operation);
    this.complete(operation);
    this.#running--;
    operation.release?.();
    logOperation(this.#accessLogger, this.#address, operation);
    this.#checkAnswered();
  }

  cancelAll(): void {
    for (const id of this.#open.keys()) this.cancel(id);
  }

  /** Calls back once, when only started subscriptions are running. */
  onceAnswered(then: () => void): void {
    this.#onAnswered = then;
    this.#checkAnswered();
  }

  #forgetResults(operation: SocketOperation): void {
    if (operation.results === null) return;
    operation.results = null;
    this.#started--;
  }

  #checkAnswered(): void {
    // guard: pending-responses-before-close
    if (this.#onAnswered === undefined || this.#running > this.#started) return;
    const then = this.#onAnswered;
    this.#onAnswered = undefined;
    then();
  }
}
