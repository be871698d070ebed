import { GraphQLError } from 'graphql';
import { makeServer, type Context, type Server } from 'graphql-ws';
import type { Identity } from '../../identity/identity.ts';
import type { Config } from '../../platform/config/config.ts';
import { metrics } from '../../platform/observability/metrics.ts';
import { findViewer } from '../authorize.ts';
import { cleaned, withCleanErrors } from '../../graphql/engine/clean-errors.ts';
import { paramsFrom } from '../../graphql/engine/graphql-params.ts';
import type { MemoryBudget } from '../memory-budget.ts';
import { prepareOperation, toGraphQLError, type Engine } from '../../graphql/engine/operation.ts';
import { currentRequestId } from '../../platform/request-scope.ts';
import type { SharedSubscriptions } from '../../fanout/shared-subscriptions.ts';
import { subscribe, type Prepared } from './run-operation.ts';
import type { SocketExtra } from './socket-extra.ts';

type SocketContext = Context<Record<string, unknown>, SocketExtra>;

export interface ProtocolContext {
  readonly engine: Engine;
  readonly memory: MemoryBudget;
  readonly identity: Identity;
  readonly shared: SharedSubscriptions;
  readonly limits: Pick<Config['sockets'], 'initTimeoutMs' | 'operationsMax'>;
}

/** graphql-transport-ws. Operations go through the same plugins, limits and masking as those over HTTP. */
export function graphqlProtocol(ctx: ProtocolContext): Server<SocketExtra> {
  return makeServer<Record<string, unknown>, SocketExtra>({
    connectionInitWaitTimeout: ctx.limits.initTimeoutMs,
    onConnect: (socket) => connect(ctx, socket),
    onSubscribe: (socket, id) => prepare(ctx, socket, id),
    execute: (args) => (args as Prepared).operation.execute(),
    subscribe: (args) => subscribe(args as Prepared, ctx.shared, ctx.engine.logger),
    onError: (_socket, _id, _payload, errors) => cleaned(errors),
    onNext: (_socket, _id, _payload, _args, result) => withCleanErrors(result),
  });
}

/**
 * Acknowledges every connection, for watching needs no token; an invalid one has no caller. Only a token that cannot be
 * checked now closes the socket: its owner is to come back, and not to be taken for nobody.
 *
 * @throws {UncheckedTokenError}
 */
async function connect(ctx: ProtocolContext, { connectionParams, extra }: SocketContext): Promise<boolean> {
  const given = connectionParams?.['authorization'];
  if (typeof given !== 'string') return true;
  await findViewer(ctx.identity, given); // guard: socket-token-checked-first
  extra.authorization = given;
  return true;
}

async function prepare(
  ctx: ProtocolContext,
  { extra }: SocketContext,
  id: string,
): Promise<Prepared | readonly GraphQLError[]> {
  const { operationsMax } = ctx.limits;
  const payload = extra.ids.takeParams(id);
  if (extra.ids.idOf(id) === null) return completedBefore();
  // guard: operations-per-socket
  if (extra.operations.underWay > operationsMax) {
    const message = `Too many concurrent operations: a connection can run at most ${operationsMax}. Complete one before you start another.`;
    return refused([new GraphQLError(message, { extensions: { code: 'RATE_LIMITED' } })]);
  }
  try {
    const caller = {
      // New for each operation: a token that has expired meanwhile is no longer valid, as over HTTP.
      viewer: await findViewer(ctx.identity, extra.authorization),
      requestId: currentRequestId(),
    };
    const operation = prepareOperation(ctx.engine, paramsFrom(payload), caller);
    if (operation.kind === 'invalid') return refused(operation.errors);
    const clientId = extra.ids.idOf(id);
    if (clientId === null) return completedBefore();
    extra.operations.releases(id, ctx.memory.take(extra.address, operation.kept, extra.memory));
    const { document, operationName } = operation;
    return {
      schema: ctx.engine.edge.schema,
      document,
      operationName,
      rootValue: undefined,
      contextValue: undefined,
      operation,
      operations: extra.operations,
      reader: extra.outlet.readerOf(clientId),
    };
  } catch (error) {
    return refused([toGraphQLError(ctx.engine, error)]);
  }
}

/** Not sent: graphql-ws sends no error of an operation that the client has completed. */
function completedBefore(): readonly GraphQLError[] {
  return [new GraphQLError('The client completed the operation before it started.')];
}

function refused(errors: readonly GraphQLError[]): readonly GraphQLError[] {
  metrics.requestsRefused.inc({ reason: 'invalid_operation' });
  return errors;
}
