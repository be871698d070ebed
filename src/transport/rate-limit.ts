import type { ExecutionResult, GraphQLError } from 'graphql';
import type { RequestContext } from '../http/request-context.ts';
import { RateLimitedError } from '../platform/errors.ts';
import { RequestError } from '../platform/request-error.ts';
import type { LimitReport } from '../traffic/limit-report.ts';
import type { RateLimits, RequestBudget } from '../traffic/rate-limits.ts';

/**
 * Counts an HTTP request, and returns the budget of its calls; null if rate limits are off. Each call that is counted
 * updates the headers `RateLimit` and `RateLimit-Policy` of the response.
 *
 * @throws {RequestError} 429 if the client has sent too many requests to this process.
 */
export function admitRequest(
  limits: RateLimits | null,
  { address, res }: RequestContext,
): RequestBudget | null {
  if (limits === null) return null;
  const budget = limits.open(address, (report: LimitReport) => {
    if (res.headersSent) return; // A call that ends after its response, such as one that timed out.
    res.setHeader('ratelimit', report.limits);
    res.setHeader('ratelimit-policy', report.policies);
  });
  try {
    budget.admit();
  } catch (error) {
    if (!(error instanceof RateLimitedError)) throw error;
    throw toRequestError(error.message, error.retryAfterSeconds);
  }
  return budget;
}

/**
 * Returns the error with which to refuse a request if rate limits refused all of its calls; else null. A mutation that has
 * a result union returns RateLimitedError as data, so its request is not refused.
 */
export function findRateLimitRefusal(
  data: ExecutionResult['data'],
  errors: readonly GraphQLError[] = [],
): RequestError | null {
  const [first] = errors;
  if (first === undefined || Object.values(data ?? {}).some((value) => value !== null)) return null;
  if (!errors.every(({ extensions }) => extensions['code'] === 'RATE_LIMITED')) return null;
  const seconds = errors.map(({ extensions }) => Number(extensions['retryAfterSeconds'] ?? 1));
  return toRequestError(first.message, Math.max(...seconds));
}

function toRequestError(message: string, retryAfterSeconds: number): RequestError {
  return new RequestError(429, 'RATE_LIMITED', message, retryAfterSeconds);
}
