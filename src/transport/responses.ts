import type { ServerResponse } from 'node:http';
import type { Exchange } from '../http/request-context.ts';
import { responseForms } from './response-forms.ts';

/** Sends a fetch Response whose body is complete. */
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

/** An answer in the form that GraphQL clients read, for what failed before GraphQL, or around it. */
export function sendGraphQLError(
  { req, res, requestId }: Exchange,
  status: number,
  code: string,
  message: string,
): void {
  // Also to a client that accepts neither: an error that it can read is better than none.
  const type = responseForms(req.headers.accept).regular ?? 'application/json';
  const body = JSON.stringify({ errors: [{ message, extensions: { code, requestId } }] });
  res.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  res.end(body);
}
