import {
  GraphQLError,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
} from 'graphql';
import { makeServer, type Context, type ExecutionResult as SocketResult, type Server } from 'graphql-ws';
import type { SharedSubscriptions } from '../../fanout/shared-subscriptions.ts';
import type { Consumer } from '../../fanout/subscriber.ts';
import { formatErrors, withFormattedErrors } from '../../graphql/engine/errors/response-errors.ts';
import type { Engine } from '../../graphql/engine/engine.ts';
import { parseParams } from '../../graphql/engine/graphql-params.ts';
import { prepareOperation, toGraphQLError, type ReadyOperation } from '../../graphql/engine/operation.ts';
import type { Results } from '../../graphql/engine/subscription.ts';
import type { Identity } from '../../identity/identity.ts';
import type { Config } from '../../platform/config/config.ts';
import { metrics } from '../../platform/observability/metrics.ts';
import { currentRequest, currentRequestId, getResponseIds } from '../../platform/request-scope.ts';
import { findViewer } from '../authorize.ts';
import type { RateLimits } from '../../traffic/rate-limits.ts';
import type { MemoryBudget, MemoryAccount } from '../memory-budget.ts';
import { startSubscription } from '../start-subscription.ts';
import type { OperationIds } from './operation-ids.ts';
import type { Operations } from './operations.ts';
import type { SocketSendBuffer } from './socket-send-buffer.ts';

/** The data of one socket that graphql-ws passes to its hooks. */
export interface SocketExtra {
  readonly sendBuffer: SocketSendBuffer;
  readonly ids: OperationIds;
  readonly operations: Operations;
  /** The client's address, through trusted proxies. */
  readonly address: string;
  readonly memory: MemoryAccount;
  /** From connection_init: `Bearer …` or the bare token. */
  authorization?: string;
}

type SocketContext = Context<Record<string, unknown>, SocketExtra>;

export interface ProtocolContext {
  readonly engine: Engine;
  readonly memory: MemoryBudget;
  /** Null if rate limits are off. */
  readonly rateLimits: RateLimits | null;
  readonly identity: Identity;
  readonly shared: SharedSubscriptions;
  readonly limits: Pick<Config['sockets'], 'initTimeoutMs' | 'operationsMax'>;
}

/** A prepared operation. graphql-ws passes it from `onSubscribe` to `execute` or `subscribe`. */
interface PreparedOperation extends ExecutionArgs {
  readonly operation: ReadyOperation;
  readonly consumer: Consumer;
  readonly operations: Operations;
}

/** Creates the server side of graphql-transport-ws. Operations have the same plugins, limits and masking as over HTTP. */
export function createGraphQLProtocol(ctx: ProtocolContext): Server<SocketExtra> {
  return makeServer<Record<string, unknown>, SocketExtra>({
    connectionInitWaitTimeout: ctx.limits.initTimeoutMs,
    onConnect: (socket) => connect(ctx, socket),
    onSubscribe: (socket, id) => prepare(ctx, socket, id),
    execute: (args) => (args as PreparedOperation).operation.execute(),
    subscribe: (args) => subscribe(ctx, args as PreparedOperation),
    onError: (_socket, _id, _payload, errors) => formatErrors(errors),
    onNext: (_socket, _id, _payload, _args, result) => addIds(result),
  });
}

/**
 * Acknowledges every connection, because watching seats needs no token. A connection with an invalid token has no viewer.
 * If a token cannot be checked now, the socket is closed, so that the client retries instead of being treated as anonymous.
 *
 * @throws {UncheckedTokenError}
 */
async function connect(ctx: ProtocolContext, { connectionParams, extra }: SocketContext): Promise<boolean> {
  const authorization = connectionParams?.['authorization'];
  if (typeof authorization !== 'string') return true;
  await findViewer(ctx.identity, authorization); // guard: socket-token-checked-first
  extra.authorization = authorization;
  return true;
}

async function prepare(
  ctx: ProtocolContext,
  { extra }: SocketContext,
  id: string,
): Promise<PreparedOperation | readonly GraphQLError[]> {
  const { operationsMax } = ctx.limits;
  const payload = extra.ids.takeParams(id);
  if (extra.ids.getClientId(id) === null) return completedBefore();
  // guard: operations-per-socket
  if (extra.operations.running > operationsMax) {
    const message = `Too many concurrent operations: a connection can run at most ${operationsMax}. Complete one before you start another.`;
    return refuse([new GraphQLError(message, { extensions: { code: 'RATE_LIMITED' } })], 'rate_limited');
  }
  try {
    const budget = ctx.rateLimits?.open(extra.address) ?? null;
    budget?.admit(); // guard: socket-message-counted
    // Checked for each operation, as over HTTP: the token may have expired since the connection was opened.
    const viewer = await findViewer(ctx.identity, extra.authorization);
    budget?.identify(viewer?.userId ?? null);
    const caller = { viewer, requestId: currentRequestId(), budget };
    const operation = prepareOperation(ctx.engine, parseParams(payload), caller);
    if (operation.kind === 'invalid') return refuse(operation.errors);
    const clientId = extra.ids.getClientId(id);
    if (clientId === null) return completedBefore();
    extra.operations.onEnd(id, ctx.memory.reserve(extra.address, operation.kept, extra.memory));
    const { document, operationName } = operation;
    return {
      schema: ctx.engine.schema,
      document,
      operationName,
      rootValue: undefined,
      contextValue: undefined,
      operation,
      operations: extra.operations,
      consumer: extra.sendBuffer.createConsumer(clientId),
    };
  } catch (error) {
    return refuse([toGraphQLError(ctx.engine, error)]);
  }
}

/** Adds the IDs of the operation: a socket has no headers for them. The messages of shared subscriptions have none. */
function addIds(result: SocketResult): FormattedExecutionResult {
  const request = currentRequest();
  const formatted = withFormattedErrors(result) ?? (result as FormattedExecutionResult);
  return request === undefined ? formatted : { ...formatted, extensions: getResponseIds(request) };
}

/** Starts a subscription, and tracks it among the socket's operations until it ends. */
async function subscribe(
  { shared }: ProtocolContext,
  { operation, operations, consumer }: PreparedOperation,
): Promise<ExecutionResult | Results> {
  const result = await startSubscription(operation, shared, consumer);
  return Symbol.asyncIterator in result ? operations.track(result) : result;
}

/** Stops graphql-ws. The error is not sent, because the client has completed the operation. */
function completedBefore(): readonly GraphQLError[] {
  return [new GraphQLError('The client completed the operation before it started.')];
}

function refuse(
  errors: readonly GraphQLError[],
  reason: 'invalid_operation' | 'rate_limited' = 'invalid_operation',
): readonly GraphQLError[] {
  metrics.requestsRefused.inc({ reason });
  return errors;
}
