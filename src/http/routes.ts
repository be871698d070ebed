import { sendMethodNotAllowed, sendNotFound } from './responses.ts';
import type { Exchange } from './request-context.ts';

export type Handler = (exchange: Exchange) => void | Promise<void>;

export interface Route {
  /** The whole path, or its start where it ends in a slash (but for `/` itself). */
  readonly path: string;
  readonly methods: readonly ('GET' | 'HEAD' | 'POST')[];
  readonly handle: Handler;
}

/** 404 where there is nothing, 405 where there is, but not with this method. */
export function route(routes: readonly Route[], exchange: Exchange): void | Promise<void> {
  const found = routes.find(({ path }) =>
    path.length > 1 && path.endsWith('/') ? exchange.path.startsWith(path) : exchange.path === path,
  );
  if (found === undefined) return sendNotFound(exchange);
  const method = exchange.req.method ?? '';
  if (found.methods.some((name) => name === method)) return found.handle(exchange);
  const allow = [...found.methods, 'OPTIONS'];
  if (method !== 'OPTIONS') return sendMethodNotAllowed(exchange, allow);
  exchange.res.writeHead(204, { allow: allow.join(', ') }).end();
}
