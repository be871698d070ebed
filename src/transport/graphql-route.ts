import { OperationTypeNode, type ExecutionResult, type GraphQLError } from 'graphql';
import { processRegularResult } from 'graphql-yoga';
import type { Identity } from '../identity/identity.ts';
import type { ApiRoles } from '../platform/config/api-roles.ts';
import { metrics } from '../platform/observability/metrics.ts';
import type { Viewer } from '../identity/viewer.ts';
import { endTogether } from '../http/end-together.ts';
import type { RequestContext } from '../http/request-context.ts';
import type { LimitReport } from '../traffic/limit-report.ts';
import type { RateLimits, RequestBudget } from '../traffic/rate-limits.ts';
import { parseBodyParams, parseQueryParams, type GraphQLParams } from '../graphql/engine/graphql-params.ts';
import { keptLimits } from '../graphql/engine/limits.ts';
import type { Engine } from '../graphql/engine/engine.ts';
import { isPromise } from '../graphql/engine/execution/maybe-promise.ts';
import { prepareOperation, type ReadyOperation } from '../graphql/engine/operation.ts';
import { prefersHtml } from '../http/accept.ts';
import { isJson, readBody } from '../http/read-body.ts';
import { RequestError } from '../platform/request-error.ts';
import { getResponseIds } from '../platform/request-scope.ts';
import { RateLimitedError } from '../platform/errors.ts';
import { requireViewer } from './authorize.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { sendGraphQLError, sendResponse, negotiateResponse, type ResponseForms } from './responses.ts';
import { EventStream } from './sse/event-stream.ts';
import { isServed, MisdirectedError } from './served-operations.ts';
import { acquireStreamSlot, streamSubscription, type StreamContext } from './sse/stream-subscription.ts';

export interface GraphQLRouteContext extends StreamContext {
  readonly engine: Engine;
  readonly identity: Identity;
  readonly memory: MemoryBudget;
  /** Null if rate limits are off. */
  readonly rateLimits: RateLimits | null;
  readonly roles: ApiRoles;
}

/**
 * Creates the handler of `/graphql`. A query or mutation gets one response, a subscription an event stream. Browsers that
 * open the path get a page, unless `sendPage` is null.
 */
export function createGraphQLHandler(
  ctx: GraphQLRouteContext,
  sendPage: ((request: RequestContext) => Promise<void>) | null,
) {
  return (request: RequestContext): Promise<void> =>
    sendPage !== null && wantsPage(request) ? sendPage(request) : handleGraphQL(ctx, request);
}

function wantsPage({ req }: RequestContext): boolean {
  return (req.method === 'GET' || req.method === 'HEAD') && prefersHtml(req.headers.accept ?? '');
}

async function handleGraphQL(ctx: GraphQLRouteContext, request: RequestContext): Promise<void> {
  const { res, req } = request;
  try {
    await respond(ctx, request);
  } catch (error) {
    const isCutOff = req.destroyed && !req.complete;
    if (error instanceof RequestError && (isCutOff || res.destroyed))
      return metrics.requestsRefused.inc({ reason: 'cut_off' });
    if (res.headersSent || res.destroyed) throw error;
    if (error instanceof RequestError) return refuse(request, error);
    ctx.engine.logger.error({ err: error, requestId: request.requestId }, 'request failed');
    return refuse(
      request,
      new RequestError(503, 'BUSY', 'The server is temporarily unavailable. Retry later.', 1),
    );
  }
}

async function respond(ctx: GraphQLRouteContext, request: RequestContext): Promise<void> {
  const { req, res, requestId, address } = request;
  const forms = negotiateResponse(req.headers.accept);
  if (forms.regular === null && !forms.stream) throw notAcceptableError(); // guard: acceptable-before-execution
  const budget = admitRequest(ctx.rateLimits, request); // guard: request-counted-first
  const verified = requireViewer(ctx.identity, request);
  const viewer = isPromise(verified) ? await verified : verified;
  budget?.identify(viewer?.userId ?? null);
  const params = await readParams(ctx, request, viewer);
  const operation = prepareOperation(ctx.engine, params, { viewer, requestId, budget });
  if (operation.kind === 'invalid') {
    metrics.requestsRefused.inc({ reason: 'invalid_operation' });
    return sendResult(ctx, request, operation, forms);
  }
  if (!isServed(ctx.roles, operation.type)) throw new MisdirectedError(operation.type); // guard: http-operation-served
  // guard: mutations-by-post
  if (operation.type === OperationTypeNode.MUTATION && req.method !== 'POST') {
    res.setHeader('allow', 'POST');
    throw new RequestError(405, 'METHOD_NOT_ALLOWED', 'Mutations require the POST method.');
  }
  // The client has disconnected: no `close` event will follow that could release what is acquired below.
  if (res.destroyed) return; // guard: gone-client-takes-no-memory
  res.on('close', ctx.memory.reserve(address, operation.kept));
  if (operation.type === OperationTypeNode.SUBSCRIPTION) return subscribe(ctx, request, operation, forms);
  // A mutation whose response is a stream must be refused before it is executed.
  if (forms.regular === null && !acquireStreamSlot(ctx, request)) return;
  const result = operation.execute();
  return sendResult(ctx, request, isPromise(result) ? await result : result, forms);
}

async function subscribe(
  ctx: GraphQLRouteContext,
  request: RequestContext,
  operation: ReadyOperation,
  forms: ResponseForms,
): Promise<void> {
  if (!forms.stream) throw notAcceptableError(); // guard: subscription-needs-stream
  const refusal = await streamSubscription(ctx, request, operation);
  if (refusal !== null) return sendResult(ctx, request, refusal, forms);
}

async function readParams(
  ctx: GraphQLRouteContext,
  { req, res, query, address }: RequestContext,
  viewer: Viewer | null,
): Promise<GraphQLParams> {
  if (req.method !== 'POST') return parseQueryParams(query);
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
    allowLarge: viewer?.role === 'ORGANIZER',
    reserve: (bytes) => ctx.memory.reserve(address, { document: null, documentBytes: 0, ownBytes: bytes }),
  });
  return parseBodyParams(body);
}

async function sendResult(
  ctx: GraphQLRouteContext,
  request: RequestContext,
  { errors, data, extensions }: ExecutionResult,
  { regular }: ResponseForms,
): Promise<void> {
  const { res, address, scope } = request;
  if (res.destroyed) return;
  const refusal = findRateLimitRefusal(data, errors);
  if (refusal !== null) return refuse(request, refusal); // guard: refused-request-status
  // The response stays in memory until the client has read it.
  const count = (bytes: number) => {
    // guard: waiting-response-counted
    if (bytes > keptLimits.responseBytesUncounted) res.once('close', ctx.memory.add(address, bytes));
  };
  const result: ExecutionResult = {
    ...(errors === undefined ? {} : { errors }),
    ...(data === undefined ? {} : { data }),
    ...(errors === undefined && extensions === undefined
      ? {}
      : { extensions: { ...extensions, ...getResponseIds(scope) } }),
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

/** Sends the usual response, without creating a Response object. */
function sendData(res: RequestContext['res'], body: string, mediaType: string): void {
  res.writeHead(200, {
    'content-type': `${mediaType}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  endTogether(res, body);
}

function notAcceptableError(): RequestError {
  return new RequestError(
    406,
    'NOT_ACCEPTABLE',
    'The `Accept` header allows no supported media type. Accept application/graphql-response+json or application/json for queries and mutations, and text/event-stream for subscriptions.',
  );
}

function refuse(request: RequestContext, error: RequestError): void {
  const { req, res } = request;
  metrics.requestsRefused.inc({ reason: error.code.toLowerCase() });
  if (error.retryAfterSeconds !== null) res.setHeader('retry-after', String(error.retryAfterSeconds));
  sendGraphQLError(request, error.status, error.code, error.message);
  if (req.complete) return;
  // A client that is still sending could not read the response from a closed connection. It gets two seconds to stop.
  req.resume();
  const timer = setTimeout(() => req.complete || req.destroy(), 2_000).unref();
  req.once('end', () => clearTimeout(timer));
}

/**
 * Counts an HTTP request, and returns the budget of its calls; null if rate limits are off. Each call that is counted
 * updates the headers `RateLimit` and `RateLimit-Policy` of the response.
 *
 * @throws {RequestError} 429 if the client has sent too many requests to this process.
 */
function admitRequest(limits: RateLimits | null, { address, res }: RequestContext): RequestBudget | null {
  if (limits === null) return null;
  const budget = limits.open(address, (report: LimitReport) => {
    if (res.headersSent) return; // A call that ends after its response, such as one that timed out.
    res.setHeader('ratelimit', report.limits);
    res.setHeader('ratelimit-policy', report.policies);
  });
  try {
    budget.admit();
  } catch (error) {
    if (!(error instanceof RateLimitedError)) throw error;
    throw toRequestError(error.message, error.retryAfterSeconds);
  }
  return budget;
}

/**
 * Returns the error with which to refuse a request if rate limits refused all of its calls; else null. A mutation that has
 * a result union returns RateLimitedError as data, so its request is not refused.
 */
function findRateLimitRefusal(
  data: ExecutionResult['data'],
  errors: readonly GraphQLError[] = [],
): RequestError | null {
  const [first] = errors;
  if (first === undefined || Object.values(data ?? {}).some((value) => value !== null)) return null;
  if (!errors.every(({ extensions }) => extensions['code'] === 'RATE_LIMITED')) return null;
  const seconds = errors.map(({ extensions }) => Number(extensions['retryAfterSeconds'] ?? 1));
  return toRequestError(first.message, Math.max(...seconds));
}

function toRequestError(message: string, retryAfterSeconds: number): RequestError {
  return new RequestError(429, 'RATE_LIMITED', message, retryAfterSeconds);
}
