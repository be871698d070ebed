import { OperationTypeNode, type ExecutionResult } from 'graphql';
import { processRegularResult } from 'graphql-yoga';
import type { Identity } from '../identity/identity.ts';
import { metrics } from '../platform/observability/metrics.ts';
import type { Viewer } from '../identity/viewer.ts';
import { isJson } from '../http/accept.ts';
import { responseForms, type ResponseForms } from './response-forms.ts';
import { requireViewer } from './authorize.ts';
import type { Exchange } from '../http/request-context.ts';
import { paramsFromBody, paramsFromQuery, type GraphQLParams } from '../graphql/engine/graphql-params.ts';
import { keptLimits } from '../graphql/engine/limits.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { prepareOperation, type Engine, type ReadyOperation } from '../graphql/engine/operation.ts';
import { readBody } from '../http/read-body.ts';
import { RequestError } from '../platform/request-error.ts';
import { sendGraphQLError, sendResponse } from './responses.ts';
import { EventStream } from './sse/event-stream.ts';
import { StreamPlace } from './sse/stream-slot.ts';
import { streamSubscription, type StreamContext } from './sse/stream-subscription.ts';

export interface GraphQLRouteContext extends StreamContext {
  readonly engine: Engine;
  readonly identity: Identity;
  readonly memory: MemoryBudget;
}

/** `/graphql` over HTTP: a query or mutation gets one response, a subscription a stream of events. */
export async function handleGraphQL(ctx: GraphQLRouteContext, exchange: Exchange): Promise<void> {
  const { res, req } = exchange;
  try {
    await respond(ctx, exchange);
  } catch (error) {
    const cutOff = req.destroyed && !req.complete;
    if (error instanceof RequestError && (cutOff || res.destroyed))
      return metrics.requestsRefused.inc({ reason: 'cut_off' });
    if (res.headersSent || res.destroyed) throw error;
    if (error instanceof RequestError) return refuse(exchange, error);
    ctx.engine.logger.error({ err: error, requestId: exchange.requestId }, 'request failed');
    return refuse(
      exchange,
      new RequestError(503, 'BUSY', 'The server is temporarily unavailable. Retry later.', 1),
    );
  }
}

async function respond(ctx: GraphQLRouteContext, exchange: Exchange): Promise<void> {
  const { req, res, requestId, address } = exchange;
  const forms = responseForms(req.headers.accept);
  if (forms.regular === null && !forms.stream) throw notAcceptable(); // guard: acceptable-before-execution
  const viewer = await requireViewer(ctx.identity, exchange);
  const params = await readParams(ctx, exchange, viewer);
  const operation = prepareOperation(ctx.engine, params, { viewer, requestId });
  if (operation.kind === 'invalid') {
    metrics.requestsRefused.inc({ reason: 'invalid_operation' });
    return sendResult(ctx, exchange, operation, forms);
  }
  // guard: mutations-by-post
  if (operation.type === OperationTypeNode.MUTATION && req.method !== 'POST') {
    res.setHeader('allow', 'POST');
    throw new RequestError(405, 'METHOD_NOT_ALLOWED', 'Mutations require the POST method.');
  }
  // The client has disconnected: no `close` event will follow that could release what is acquired below.
  if (res.destroyed) return; // guard: gone-client-takes-no-memory
  res.once('close', ctx.memory.take(address, operation.kept));
  const place = new StreamPlace(ctx, exchange);
  if (operation.type === OperationTypeNode.SUBSCRIPTION)
    return subscribe(ctx, exchange, operation, forms, place);
  // A mutation that is answered with a stream must not be refused after it has been executed.
  if (forms.regular === null && !place.take()) return;
  return sendResult(ctx, exchange, await operation.execute(), forms);
}

async function subscribe(
  ctx: GraphQLRouteContext,
  exchange: Exchange,
  operation: ReadyOperation,
  forms: ResponseForms,
  place: StreamPlace,
): Promise<void> {
  if (!forms.stream) throw notAcceptable(); // guard: subscription-needs-stream
  const refusal = await streamSubscription(ctx, exchange, operation, place);
  if (refusal !== null) return sendResult(ctx, exchange, refusal, forms);
}

async function readParams(
  ctx: GraphQLRouteContext,
  { req, res, query, address }: Exchange,
  viewer: Viewer | null,
): Promise<GraphQLParams> {
  if (req.method !== 'POST') return paramsFromQuery(query);
  // guard: request-media-type
  if (!isJson(req.headers['content-type'])) {
    res.setHeader('accept', 'application/json');
    throw new RequestError(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'The request body must be JSON. Send it with `Content-Type: application/json`.',
    );
  }
  const body = await readBody(req, {
    organizer: viewer?.role === 'ORGANIZER',
    take: (bytes) => ctx.memory.take(address, { document: null, documentBytes: 0, ownBytes: bytes }),
  });
  return paramsFromBody(body);
}

async function sendResult(
  ctx: GraphQLRouteContext,
  exchange: Exchange,
  { errors, data, extensions }: ExecutionResult,
  { regular }: ResponseForms,
): Promise<void> {
  const { res, address } = exchange;
  if (res.destroyed) return;
  // Until the client has read it, the response waits in memory.
  const count = (bytes: number) => {
    // guard: waiting-response-counted
    if (bytes > keptLimits.responseBytesUncounted) res.once('close', ctx.memory.add(address, bytes));
  };
  const result: ExecutionResult = {
    ...(errors === undefined ? {} : { errors }),
    ...(data === undefined ? {} : { data }),
    ...(extensions === undefined ? {} : { extensions }),
  };
  if (regular === null) {
    const stream = new EventStream(res, ctx.limits);
    stream.open();
    await stream.next(result);
    return stream.complete();
  }
  if (errors === undefined && extensions === undefined && data != null) {
    const body = JSON.stringify({ data });
    count(body.length);
    return sendData(res, body, regular);
  }
  await sendResponse(processRegularResult(result, ctx.engine.yoga.fetchAPI, regular), res, count);
}

/** The usual response, without the detour over a Response object. */
function sendData(res: Exchange['res'], body: string, mediaType: string): void {
  res.writeHead(200, {
    'content-type': `${mediaType}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  res.end(body);
}

function notAcceptable(): RequestError {
  return new RequestError(
    406,
    'NOT_ACCEPTABLE',
    'The `Accept` header allows no supported media type. Accept application/graphql-response+json or application/json for queries and mutations, and text/event-stream for subscriptions.',
  );
}

function refuse(exchange: Exchange, error: RequestError): void {
  const { req, res } = exchange;
  metrics.requestsRefused.inc({ reason: error.code.toLowerCase() });
  if (error.retryAfterSeconds !== null) res.setHeader('retry-after', String(error.retryAfterSeconds));
  sendGraphQLError(exchange, error.status, error.code, error.message);
  if (req.complete) return;
  // A client that is still sending can't read the answer if the connection is cut under it. One that goes on is cut off.
  req.resume();
  const timer = setTimeout(() => req.complete || req.destroy(), 2_000).unref();
  req.once('end', () => clearTimeout(timer));
}
