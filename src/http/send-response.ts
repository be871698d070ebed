import type { ServerResponse } from 'node:http';

/**
 * Headers that Node sets for the connection, and `content-encoding`, for which Yoga sends the invalid value `none`.
 * Yoga's Headers keep the spelling that they were given.
 */
const connectionHeaders = new Set([
  'connection',
  'keep-alive',
  'content-length',
  'content-encoding',
  'transfer-encoding',
]);

/** Sends a fetch Response whose body is complete. */
export async function sendResponse(
  response: Response,
  res: ServerResponse,
  count: (bytes: number) => void,
): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  if (res.destroyed) return;
  for (const [name, value] of response.headers)
    if (!connectionHeaders.has(name.toLowerCase())) res.setHeader(name, value);
  if (!res.hasHeader('cache-control')) res.setHeader('cache-control', 'no-store');
  count(body.length);
  res.writeHead(response.status, { 'content-length': body.length });
  res.end(body);
}
