import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BlockList } from 'node:net';
import { classifyDbError, type DbErrorKind } from '../platform/database/db-errors.ts';
import { BusyError } from '../platform/errors.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { logAccess } from './access-log.ts';
import { sendBusy, sendJson } from './responses.ts';
import type { CorsHandler } from './cors.ts';
import { exchangeOf, type Exchange } from './request-context.ts';
import { runInRequest } from '../platform/request-scope.ts';
import { route, type Route } from './routes.ts';
import { setSecurityHeaders } from './security-headers.ts';

export interface ListenerContext {
  readonly routes: readonly Route[];
  readonly cors: CorsHandler;
  readonly proxies: BlockList;
  readonly logger: Logger;
  readonly stopping: AbortSignal;
}

const outages: ReadonlySet<DbErrorKind> = new Set(['connection', 'transient']);

/** What every request goes through. Nothing that it throws gets any further than here. */
export function requestListener(ctx: ListenerContext) {
  return (req: IncomingMessage, res: ServerResponse): void => {
    const exchange = exchangeOf(req, res, ctx.proxies);
    req.on('error', (error) =>
      ctx.logger.debug({ err: error, requestId: exchange.requestId }, 'request aborted'),
    );
    res.on('error', (error) =>
      ctx.logger.debug({ err: error, requestId: exchange.requestId }, 'response aborted'),
    );
    logAccess(exchange, ctx.logger);
    runInRequest(exchange.requestId, () => handle(ctx, exchange)).catch((error: unknown) =>
      fail(ctx, exchange, error),
    );
  };
}

async function handle(ctx: ListenerContext, exchange: Exchange): Promise<void> {
  const { res, requestId } = exchange;
  res.setHeader('x-request-id', requestId);
  setSecurityHeaders(res);
  // A kept connection would keep the stopping server waiting.
  if (ctx.stopping.aborted) res.setHeader('connection', 'close');
  if (ctx.cors(exchange)) return;
  await route(ctx.routes, exchange);
}

function fail(ctx: ListenerContext, exchange: Exchange, error: unknown): void {
  const { res, requestId, path } = exchange;
  // guard: busy-503
  if (error instanceof BusyError && !res.headersSent) return sendBusy(exchange, error.retryAfterSeconds);
  // guard: outage-503
  if (!res.headersSent && outages.has(classifyDbError(error))) {
    ctx.logger.warn({ err: error, requestId, path }, 'database unavailable');
    return sendBusy(exchange, 1);
  }
  // The client has left: whatever failed for it is no error of the server.
  // guard: completed-request-not-aborted
  const left = (exchange.req.destroyed && !exchange.req.complete) || res.destroyed;
  const level = left ? 'debug' : 'error';
  ctx.logger[level]({ err: error, requestId, path }, 'request failed');
  if (res.headersSent) res.destroy();
  else sendJson(res, 500, { error: 'Unexpected error.', requestId });
}
