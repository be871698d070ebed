import { sendMethodNotAllowed, sendNotFound } from './responses.ts';
import type { RequestContext } from './request-context.ts';

export type Handler = (request: RequestContext) => void | Promise<void>;

export interface Route {
  /** The path. A path that ends with a slash, except `/` itself, is a prefix. */
  readonly path: string;
  readonly methods: readonly ('GET' | 'HEAD' | 'POST')[];
  readonly handle: Handler;
}

/** Passes a request to its route. Answers 404 if there is none, and 405 if the route does not support the method. */
export function handleRoute(routes: readonly Route[], request: RequestContext): void | Promise<void> {
  const found = routes.find(({ path }) =>
    path.length > 1 && path.endsWith('/') ? request.path.startsWith(path) : request.path === path,
  );
  if (found === undefined) return sendNotFound(request);
  const method = request.req.method ?? '';
  if (found.methods.some((name) => name === method)) return found.handle(request);
  const allow = [...found.methods, 'OPTIONS'];
  if (method !== 'OPTIONS') return sendMethodNotAllowed(request, allow);
  request.res.writeHead(204, { allow: allow.join(', ') }).end();
}
