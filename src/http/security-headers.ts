import type { ServerResponse } from 'node:http';

/** Policy of every response that is not a page: a browser that displayed it would load and run nothing. */
const DEFAULT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export function setSecurityHeaders(res: ServerResponse): void {
  res.setHeader('x-content-type-options', 'nosniff');
  res.setHeader('referrer-policy', 'no-referrer');
  res.setHeader('x-frame-options', 'DENY');
  res.setHeader('cross-origin-opener-policy', 'same-origin');
  res.setHeader('content-security-policy', DEFAULT_POLICY);
}

/** Sets the policy of a page: the default policy with the directives of the page. */
export function setPagePolicy(res: ServerResponse, ...directives: readonly string[]): void {
  res.setHeader('content-security-policy', [DEFAULT_POLICY, ...directives].join('; '));
}
