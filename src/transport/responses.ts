import type { ServerResponse } from 'node:http';
import type { RequestContext } from '../http/request-context.ts';
import { negotiateResponse } from './negotiate-response.ts';

/** Sends a fetch Response whose body is complete. Reports the size of the body to `count` before sending it. */
export async function sendResponse(
  response: Response,
  res: ServerResponse,
  count: (bytes: number) => void,
): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  if (res.destroyed) return;
  for (const [name, value] of response.headers) res.setHeader(name, value);
  if (!res.hasHeader('cache-control')) res.setHeader('cache-control', 'no-store');
  count(body.length);
  res.writeHead(response.status, { 'content-length': body.length });
  res.end(body);
}

/** Sends a GraphQL response with one error, for a failure before or around GraphQL. */
export function sendGraphQLError(
  { req, res, requestId }: RequestContext,
  status: number,
  code: string,
  message: string,
): void {
  // A client that accepts neither media type gets JSON: a readable error is better than none.
  const type = negotiateResponse(req.headers.accept).regular ?? 'application/json';
  const body = JSON.stringify({ errors: [{ message, extensions: { code, requestId } }] });
  res.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  res.end(body);
}
