import type { ServerResponse } from 'node:http';

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
