import {
  GraphQLError,
  OperationTypeNode,
  type ExecutionResult,
  type FormattedExecutionResult,
} from 'graphql';
import { MessageType } from 'graphql-ws';
import { SharedResults, type SharedSubscriptions } from '../../fanout/shared-subscriptions.ts';
import type { Engine } from '../../graphql/engine/engine.ts';
import { formatErrors, withFormattedErrors } from '../../graphql/engine/errors/response-errors.ts';
import { toGraphQLError } from '../../graphql/engine/errors/to-graphql-error.ts';
import { parseParams } from '../../graphql/engine/graphql-params.ts';
import { prepareOperation, type ReadyOperation } from '../../graphql/engine/operation.ts';
import type { Results } from '../../graphql/engine/subscription.ts';
import type { Identity } from '../../identity/identity.ts';
import type { ApiRoles } from '../../platform/config/api-roles.ts';
import type { Config } from '../../platform/config/config.ts';
import { metrics } from '../../platform/observability/metrics.ts';
import { getResponseIds } from '../../platform/request-scope.ts';
import type { RateLimits } from '../../traffic/rate-limits.ts';
import { findViewer } from '../authorize.ts';
import type { MemoryAccount, MemoryBudget } from '../memory-budget.ts';
import { isServed, MisdirectedError } from '../served-operations.ts';
import { startSubscription } from '../start-subscription.ts';
import type { Operations, SocketOperation } from './operations.ts';
import type { SocketSendBuffer } from './socket-send-buffer.ts';

export interface OperationContext {
  readonly engine: Engine;
  readonly memory: MemoryBudget;
  /** Null if rate limits are off. */
  readonly rateLimits: RateLimits | null;
  readonly identity: Identity;
  readonly shared: SharedSubscriptions;
  readonly roles: ApiRoles;
  readonly limits: Pick<Config['sockets'], 'operationsMax'>;
}

/** The socket of an operation. */
export interface OperationSocket {
  /** The client's address, through trusted proxies. */
  readonly address: string;
  /** From connection_init. */
  readonly authorization: string | undefined;
  readonly operations: Operations;
  readonly memory: MemoryAccount;
  readonly sendBuffer: Pick<SocketSendBuffer, 'createConsumer'>;
  /** Resolves when the socket has accepted the message. */
  send(data: string): Promise<void>;
}

/**
 * Runs an operation as graphql-transport-ws describes it, with the same plugins, limits and masking as over HTTP, and finishes
 * it when its work has ended.
 *
 * The server of graphql-ws would run it as well, but keeps a suspended function with its closures and promises for each
 * subscription. For one whose results the fan-out sends, nothing waits here.
 */
export async function runSocketOperation(
  ctx: OperationContext,
  socket: OperationSocket,
  operation: SocketOperation,
  params: unknown,
): Promise<void> {
  let isRunning = false;
  try {
    const ready = await prepare(ctx, socket, operation, params);
    if (!('kind' in ready)) return await sendErrors(socket, operation, ready);
    if (ready.type !== OperationTypeNode.SUBSCRIPTION)
      return await sendOnly(socket, operation, await ready.execute());
    const consumer = socket.sendBuffer.createConsumer(operation.id);
    const results = await startSubscription(ready, ctx.shared, consumer);
    if (!(Symbol.asyncIterator in results)) return await sendOnly(socket, operation, results);
    isRunning = await sendResults(ctx, socket, operation, results);
  } finally {
    if (!isRunning) socket.operations.finish(operation);
  }
}

async function prepare(
  ctx: OperationContext,
  { address, authorization, operations, memory }: OperationSocket,
  operation: SocketOperation,
  params: unknown,
): Promise<ReadyOperation | readonly GraphQLError[]> {
  const { operationsMax } = ctx.limits;
  // guard: operations-per-socket
  if (operations.running > operationsMax) {
    const message = `Too many concurrent operations: a connection can run at most ${operationsMax}. Complete one before you start another.`;
    return refuse([new GraphQLError(message, { extensions: { code: 'RATE_LIMITED' } })], 'rate_limited');
  }
  try {
    const budget = ctx.rateLimits?.open(address) ?? null;
    budget?.admit(); // guard: socket-message-counted
    // Checked for each operation, as over HTTP: the token may have expired since the connection was opened.
    const viewer = await findViewer(ctx.identity, authorization);
    budget?.identify(viewer?.userId ?? null);
    const caller = { viewer, requestId: operation.scope.requestId, budget };
    const ready = prepareOperation(ctx.engine, parseParams(params), caller);
    if (ready.kind === 'invalid') return refuse(ready.errors);
    if (!isServed(ctx.roles, ready.type)) throw new MisdirectedError(ready.type); // guard: socket-operation-served
    if (operation.isCompleted) return []; // The client has completed it: nothing is executed.
    operation.release = ctx.memory.reserve(address, ready.kept, memory);
    return ready;
  } catch (error) {
    return refuse([toGraphQLError(ctx.engine, error)]);
  }
}

function refuse(
  errors: readonly GraphQLError[],
  reason: 'invalid_operation' | 'rate_limited' = 'invalid_operation',
): readonly GraphQLError[] {
  metrics.requestsRefused.inc({ reason });
  return errors;
}

/**
 * Sends the results of a subscription until they end or the operation is completed. Returns true at once if the fan-out sends
 * them: then they end with the operation.
 */
async function sendResults(
  { engine }: OperationContext,
  socket: OperationSocket,
  operation: SocketOperation,
  results: Results,
): Promise<boolean> {
  const { operations } = socket;
  const iterator = results[Symbol.asyncIterator]();
  operations.start(operation, iterator);
  // The client has completed it in the meantime.
  if (operation.isCompleted) operations.end(operation);
  else if (results instanceof SharedResults) {
    operation.isShared = true;
    results.join();
    return true;
  } else await pump(engine, socket, operation, iterator);
  return false;
}

async function pump(
  engine: Engine,
  socket: OperationSocket,
  operation: SocketOperation,
  iterator: AsyncIterator<ExecutionResult>,
): Promise<void> {
  try {
    for (;;) {
      const { done, value } = (await iterator.next()) as IteratorResult<ExecutionResult, undefined>;
      if (done === true) break;
      await sendResult(socket, operation, value);
    }
  } catch (error) {
    socket.operations.end(operation);
    return sendErrors(socket, operation, [toGraphQLError(engine, error)]);
  }
  return sendComplete(socket, operation);
}

async function sendOnly(
  socket: OperationSocket,
  operation: SocketOperation,
  result: ExecutionResult,
): Promise<void> {
  await sendResult(socket, operation, result);
  await sendComplete(socket, operation);
}

/** Sends a result with the IDs of the operation: a socket has no headers for them. Shared messages have none. */
async function sendResult(
  socket: OperationSocket,
  { id, scope, isCompleted }: SocketOperation,
  result: ExecutionResult,
): Promise<void> {
  if (isCompleted) return; // guard: completed-operation-silent
  const formatted = withFormattedErrors(result) ?? (result as FormattedExecutionResult);
  const payload = { ...formatted, extensions: getResponseIds(scope) };
  await socket.send(JSON.stringify({ id, type: MessageType.Next, payload }));
}

async function sendErrors(
  socket: OperationSocket,
  operation: SocketOperation,
  errors: readonly GraphQLError[],
): Promise<void> {
  if (!socket.operations.complete(operation)) return;
  const payload = formatErrors(errors);
  await socket.send(JSON.stringify({ id: operation.id, type: MessageType.Error, payload }));
}

async function sendComplete(socket: OperationSocket, operation: SocketOperation): Promise<void> {
  if (!socket.operations.complete(operation)) return;
  await socket.send(JSON.stringify({ id: operation.id, type: MessageType.Complete }));
}
