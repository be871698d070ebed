import { getOperationAST, GraphQLError } from 'graphql';
import { makeServer, type Context, type Server, type SubscribePayload } from 'graphql-ws';
import type { Park } from '../../seating/seat-updates.ts';
import type { Identity } from '../../identity/identity.ts';
import { InvalidTokenError } from '../../identity/token-errors.ts';
import type { Config } from '../../platform/config.ts';
import type { Logger } from '../../platform/logger.ts';
import { viewerOf } from '../authorize.ts';
import type { Caller, GraphQLEdge } from '../edge.ts';
import { cleaned, withCleanErrors } from '../clean-errors.ts';
import { currentRequestId } from '../request-scope.ts';
import type { SharedSubscriptions } from '../shared/shared-subscriptions.ts';
import { sharedOperation } from '../shared/shared-operation.ts';
import type { Reader } from '../shared/subscriber.ts';
import type { Yoga } from '../yoga.ts';
import { runOperation, type Plugged, type Prepared } from './run-operation.ts';
import type { SocketExtra } from './socket-extra.ts';

type SocketContext = Context<Record<string, unknown>, SocketExtra>;

export interface ProtocolContext {
  readonly yoga: Yoga;
  readonly edge: GraphQLEdge;
  readonly identity: Identity;
  readonly shared: SharedSubscriptions;
  readonly limits: Pick<Config['sockets'], 'initTimeoutMs' | 'operationsMax'>;
  readonly logger: Logger;
}

/** graphql-transport-ws. Operations go through the same plugins, limits and masking as those over HTTP. */
export function graphqlProtocol(ctx: ProtocolContext): Server<SocketExtra> {
  const run = (what: 'execute' | 'subscribe', args: Prepared) =>
    runOperation(what, args, (error) => masked(ctx, error), ctx.logger);
  return makeServer<Record<string, unknown>, SocketExtra>({
    connectionInitWaitTimeout: ctx.limits.initTimeoutMs,
    onConnect: (socket) => connect(ctx, socket),
    onSubscribe: (socket, id, payload) => prepare(ctx, socket, id, payload),
    execute: (args) => run('execute', args as Prepared),
    subscribe: (args) => run('subscribe', args as Prepared),
    onError: (_socket, _id, _payload, errors) => cleaned(errors),
    onNext: (_socket, _id, _payload, _args, result) => withCleanErrors(result),
  });
}

/** No token is fine, for watching needs none. A bad one is refused (4403): its owner must learn of it, and get another. */
async function connect(ctx: ProtocolContext, socket: SocketContext): Promise<boolean> {
  const given = socket.connectionParams?.['authorization'] ?? socket.connectionParams?.['Authorization'];
  if (given === undefined || given === null) return true;
  if (typeof given !== 'string') return false;
  try {
    await ctx.identity.authenticate(given);
  } catch (error) {
    if (error instanceof InvalidTokenError) return false;
    throw error;
  }
  socket.extra.authorization = given;
  return true;
}

async function prepare(
  ctx: ProtocolContext,
  socket: SocketContext,
  id: string,
  payload: SubscribePayload,
): Promise<Prepared | readonly GraphQLError[]> {
  const { operationsMax } = ctx.limits;
  if (socket.extra.operations.underWay > operationsMax) {
    const message = `A connection can have ${operationsMax} operations under way at once.`;
    return [new GraphQLError(message, { extensions: { code: 'RATE_LIMITED' } })];
  }
  const reader = socket.extra.outlet.readerOf(socket.extra.ids.idOf(id));
  return envelop(ctx, socket.extra, reader, payload).catch((error: unknown) => [masked(ctx, error)]);
}

async function envelop(
  ctx: ProtocolContext,
  { authorization, operations }: SocketExtra,
  reader: Reader,
  payload: SubscribePayload,
): Promise<Prepared | readonly GraphQLError[]> {
  let park: Park = () => null;
  const caller: Caller = {
    // Anew for each operation: a token that has run out meanwhile is no token any more, as over HTTP.
    viewer: await viewerOf(ctx.identity, authorization),
    requestId: currentRequestId(),
    park: (source) => park(source),
  };
  const requestLength = JSON.stringify(payload).length;
  const enveloped = ctx.yoga.getEnveloped({ caller, params: payload, requestLength }) as Plugged;
  const { schema } = enveloped;
  const document = enveloped.parse(payload.query);
  const errors = enveloped.validate(schema, document);
  if (errors.length > 0) return errors;
  if (getOperationAST(document, payload.operationName) == null)
    return [new GraphQLError('The document has no operation of this name, or several and no name is given.')];
  const operation = sharedOperation(schema, document, payload);
  if (operation !== null) park = ctx.shared.parkFor(operation, reader);
  return {
    schema,
    document,
    operationName: payload.operationName ?? null,
    variableValues: payload.variables ?? null,
    contextValue: await enveloped.contextFactory(),
    plugged: enveloped,
    operations,
  };
}

function masked(ctx: ProtocolContext, error: unknown): GraphQLError {
  const seen = ctx.edge.maskError(error, currentRequestId());
  return seen instanceof GraphQLError ? seen : new GraphQLError(seen.message);
}
