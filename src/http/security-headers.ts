import type { ServerResponse } from 'node:http';

/** For whatever is no page: even if a browser were made to show it, it could load and run nothing. */
const DEFAULT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export function setSecurityHeaders(res: ServerResponse): void {
  res.setHeader('x-content-type-options', 'nosniff');
  res.setHeader('referrer-policy', 'no-referrer');
  res.setHeader('x-frame-options', 'DENY');
  res.setHeader('cross-origin-opener-policy', 'same-origin');
  res.setHeader('content-security-policy', DEFAULT_POLICY);
}

/** A page's own policy: the default, with what the page adds. */
export function setPagePolicy(res: ServerResponse, ...directives: readonly string[]): void {
  res.setHeader('content-security-policy', [DEFAULT_POLICY, ...directives].join('; '));
}
