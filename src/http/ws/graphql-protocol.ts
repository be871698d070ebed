import {
  GraphQLError,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import {
  makeServer,
  type Context,
  type OperationResult,
  type Server,
  type SubscribePayload,
} from 'graphql-ws';
import { InvalidTokenError, type Identity } from '../../identity/identity.ts';
import type { Logger } from '../../platform/logger.ts';
import { viewerOf } from '../authorize.ts';
import { DeadlineError, withDeadline } from '../deadline.ts';
import type { Caller, GraphQLEdge } from '../edge.ts';
import { httpLimits, socketLimits } from '../limits.ts';
import { currentRequestId } from '../request-scope.ts';
import type { Yoga } from '../yoga.ts';
import { cleaned, withCleanErrors } from './clean-errors.ts';

export interface SocketExtra {
  /** From connection_init: `Bearer …` or the bare token. */
  authorization?: string;
}

type SocketContext = Context<Record<string, unknown>, SocketExtra>;

export interface ProtocolContext {
  readonly yoga: Yoga;
  readonly edge: GraphQLEdge;
  readonly identity: Identity;
  readonly logger: Logger;
}

/** What Yoga's plugins made of GraphQL's functions, for one operation. */
interface Plugged {
  readonly schema: GraphQLSchema;
  parse(query: string): DocumentNode;
  validate(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[];
  contextFactory(): Promise<unknown>;
  execute(args: ExecutionArgs): OperationResult;
  subscribe(args: ExecutionArgs): OperationResult;
}

/** What `onSubscribe` makes: the arguments, with the functions to execute them. */
interface Prepared extends ExecutionArgs {
  readonly plugged: Plugged;
}

/** graphql-transport-ws. Operations go through the same plugins, limits and masking as those over HTTP. */
export function graphqlProtocol(ctx: ProtocolContext): Server<SocketExtra> {
  return makeServer<Record<string, unknown>, SocketExtra>({
    connectionInitWaitTimeout: socketLimits.initTimeoutMs,
    onConnect: (socket) => connect(ctx, socket),
    onSubscribe: (socket, _id, payload) => prepare(ctx, socket, payload),
    execute: (args) => run(ctx, 'execute', args as Prepared),
    subscribe: (args) => run(ctx, 'subscribe', args as Prepared),
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
  payload: SubscribePayload,
): Promise<Prepared | readonly GraphQLError[]> {
  if (Object.keys(socket.subscriptions).length > socketLimits.operationsMax) {
    const message = `A connection can have ${socketLimits.operationsMax} operations under way at once.`;
    return [new GraphQLError(message, { extensions: { code: 'RATE_LIMITED' } })];
  }
  try {
    // Anew for each operation: a token that has run out meanwhile is no token any more, as over HTTP.
    const viewer = await viewerOf(ctx.identity, socket.extra.authorization);
    return await envelop(ctx, { viewer, requestId: currentRequestId() }, payload);
  } catch (error) {
    return [masked(ctx, error)];
  }
}

async function envelop(
  ctx: ProtocolContext,
  caller: Caller,
  payload: SubscribePayload,
): Promise<Prepared | readonly GraphQLError[]> {
  const enveloped = ctx.yoga.getEnveloped({ caller, params: payload }) as Plugged;
  const { schema } = enveloped;
  const document = enveloped.parse(payload.query);
  const errors = enveloped.validate(schema, document);
  if (errors.length > 0) return errors;
  return {
    schema,
    document,
    operationName: payload.operationName ?? null,
    variableValues: payload.variables ?? null,
    contextValue: await enveloped.contextFactory(),
    plugged: enveloped,
  };
}

/** A subscription has the same time to start as a query has to answer. */
async function run(
  ctx: ProtocolContext,
  what: 'execute' | 'subscribe',
  args: Prepared,
): Promise<ExecutionResult | AsyncIterable<ExecutionResult>> {
  try {
    const result = args.plugged[what](args) as Promise<ExecutionResult | AsyncIterable<ExecutionResult>>;
    return await withDeadline('the operation', httpLimits.answerTimeoutMs, result, end);
  } catch (error) {
    if (!(error instanceof DeadlineError)) return { errors: [masked(ctx, error)] };
    ctx.logger.error({ err: error, requestId: currentRequestId() }, 'operation not done in time');
    const message = 'It was not done in time, and whether it was done is not known. Try again.';
    return { errors: [new GraphQLError(message, { extensions: { code: 'BUSY' } })] };
  }
}

/** A subscription that began too late for its subscriber. */
function end(result: ExecutionResult | AsyncIterable<ExecutionResult>): void {
  if (Symbol.asyncIterator in result) void result[Symbol.asyncIterator]().return?.();
}

function masked(ctx: ProtocolContext, error: unknown): GraphQLError {
  const seen = ctx.edge.maskError(error, currentRequestId());
  return seen instanceof GraphQLError ? seen : new GraphQLError(seen.message);
}
