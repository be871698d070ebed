import type { IncomingMessage } from 'node:http';
import type { BlockList } from 'node:net';
import { classifyDbError, type DbErrorKind } from '../platform/database/db-errors.ts';
import { BusyError } from '../platform/errors.ts';
import { createFastLogger, type Logger } from '../platform/observability/logger.ts';
import { runInRequest, formatTraceparent } from '../platform/request-scope.ts';
import { redactSecrets } from '../platform/observability/log-values.ts';
import { metrics } from '../platform/observability/metrics.ts';
import type { AppResponse } from './app-response.ts';
import type { CorsHandler } from './cors.ts';
import { createRequestContext, type RequestContext, toNetwork } from './request-context.ts';
import { sendBusy, sendJson, sendMethodNotAllowed } from './responses.ts';

export interface ListenerContext {
  readonly routes: readonly Route[];
  /** Handles requests for which there is no route. */
  readonly notFound: Handler;
  /** Null if no page of another origin may read responses. */
  readonly cors: CorsHandler | null;
  readonly proxies: BlockList;
  readonly logger: Logger;
  readonly stopping: AbortSignal;
}

const outages: ReadonlySet<DbErrorKind> = new Set(['connection', 'transient']);

/** Creates the listener of all requests. It catches everything that a handler throws. */
export function createRequestListener(ctx: ListenerContext) {
  const accessLogger = createFastLogger(ctx.logger);
  return (req: IncomingMessage, res: AppResponse): void => {
    const request = createRequestContext(req, res, ctx.proxies);
    const { requestId, scope } = request;
    req.on('error', (error) => ctx.logger.debug({ err: error, requestId }, 'request aborted'));
    res.on('error', (error) => ctx.logger.debug({ err: error, requestId }, 'response aborted'));
    res.addCommonHeaders(requestId, formatTraceparent(scope.trace));
    logRequest(request, accessLogger);
    runInRequest(scope, () => handle(ctx, request)).catch((error: unknown) => fail(ctx, request, error));
  };
}

async function handle(ctx: ListenerContext, request: RequestContext): Promise<void> {
  const { res } = request;
  // A keep-alive connection would delay the stop of the server.
  if (ctx.stopping.aborted) res.setHeader('connection', 'close');
  if (ctx.cors?.(request) === true) return;
  await handleRoute(ctx, request);
}

function fail(ctx: ListenerContext, request: RequestContext, error: unknown): void {
  const { req, res, requestId, path } = request;
  // guard: busy-503
  if (error instanceof BusyError && !res.headersSent) return sendBusy(request, error.retryAfterSeconds);
  // A failure after the client has left is not an error of the server.
  // guard: completed-request-not-aborted
  const hasLeft = (req.destroyed && !req.complete) || res.destroyed;
  // The connection of the client fails with the same codes as that of the database.
  // guard: outage-503
  if (!hasLeft && !res.headersSent && outages.has(classifyDbError(error))) {
    ctx.logger.warn({ err: error, requestId, path }, 'database unavailable');
    return sendBusy(request, 1);
  }
  const level = hasLeft ? 'debug' : 'error';
  ctx.logger[level]({ err: error, requestId, path }, 'request failed');
  if (res.headersSent) res.destroy();
  else sendJson(res, 500, { error: 'Unexpected error.', requestId });
}

export type Handler = (request: RequestContext) => void | Promise<void>;

export interface Route {
  /** The path. A path that ends with a slash, except `/` itself, is a prefix. */
  readonly path: string;
  readonly methods: readonly ('GET' | 'HEAD' | 'POST')[];
  readonly handle: Handler;
}

/** Passes a request to its route. An unknown path gets 404, and a method that the route does not support gets 405. */
function handleRoute({ routes, notFound }: ListenerContext, request: RequestContext): void | Promise<void> {
  const found = routes.find(({ path }) =>
    path.length > 1 && path.endsWith('/') ? request.path.startsWith(path) : request.path === path,
  );
  if (found === undefined) return notFound(request);
  request.scope.route = found.path;
  const method = request.req.method ?? '';
  if (found.methods.some((name) => name === method)) return found.handle(request);
  const allow = [...found.methods, 'OPTIONS'];
  if (method !== 'OPTIONS') return sendMethodNotAllowed(request, allow);
  request.res.writeHead(204, { allow: allow.join(', ') }).end();
}

const PATH_LENGTH_MAX = 200;

/** Paths that probes request every few seconds. */
const probes: ReadonlySet<string> = new Set(['/health', '/ready']);

/**
 * Logs and counts a request when its response has ended. Logs nothing that the client wrote but the path: query strings
 * contain variables. `logger` is a fast one.
 */
function logRequest(request: RequestContext, logger: Logger): void {
  const { req, res, path, scope, address } = request;
  const startedAt = performance.now();
  res.on('close', () => {
    const status = res.statusCode;
    metrics.httpRequests.inc({ status: res.headersSent ? `${Math.floor(status / 100)}xx` : 'aborted' });
    endSpan(request);
    const level = status >= 500 ? 'warn' : probes.has(path) ? 'debug' : 'info';
    if (!logger.isLevelEnabled(level)) return;
    logger[level](
      {
        requestId: scope.requestId,
        traceId: scope.trace.traceId,
        method: req.method,
        path: toLoggablePath(path),
        operation: scope.operation,
        status,
        ms: Math.round((performance.now() - startedAt) * 10) / 10,
        network: toNetwork(address),
        aborted: res.writableFinished ? undefined : true,
      },
      'request',
    );
  });
}

function endSpan({ req, res, scope, span }: RequestContext): void {
  if (span === null) return;
  const { method = 'HTTP' } = req;
  const status = res.statusCode;
  span.rename(scope.route === undefined ? method : `${method} ${scope.route}`);
  span.setAttributes({
    'http.request.method': method,
    ...(scope.route !== undefined && { 'http.route': scope.route }),
    ...(res.headersSent && { 'http.response.status_code': status }),
  });
  if (status >= 500) span.fail(String(status));
  span.end();
}

function toLoggablePath(path: string): string {
  if (path === '/graphql') return path;
  return redactSecrets(path.length > PATH_LENGTH_MAX ? `${path.slice(0, PATH_LENGTH_MAX)}…` : path); // guard: logged-path-length
}
