import type { IncomingMessage } from 'node:http';

/**
 * Browsers let every page open a WebSocket to anywhere and tell the page's origin: ours and the configured ones may.
 * What sends no Origin is no browser, and is judged by its token alone.
 */
export function originAllowed(req: IncomingMessage, origins: readonly string[]): boolean {
  const { origin, host } = req.headers;
  if (origin === undefined) return true;
  if (origins.includes(origin)) return true;
  // Hosts, not schemes: whoever ends TLS before this server passes the Host on, and knows the scheme alone.
  const url = URL.parse(origin);
  return url !== null && url.host !== '' && host !== undefined && url.host === normalHost(url.protocol, host);
}

/** As URLs write it: without the scheme's own port, in lower case. */
function normalHost(protocol: string, host: string): string | undefined {
  return URL.parse(`${protocol}//${host}`)?.host;
}
