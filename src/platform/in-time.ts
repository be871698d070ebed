import { withDeadline } from './deadline.ts';
import type { Logger } from './observability/logger.ts';
import { currentRequestId } from './request-scope.ts';

/**
 * What `work` gives, or a DeadlineError after `ms`. `done` is given what comes of it then, so that nothing stays open;
 * a failure then has nobody left to tell but the log.
 */
export function inTime<T>(
  what: string,
  ms: number,
  work: PromiseLike<T> | T,
  logger: Logger,
  done: (value: T) => void = () => undefined,
): Promise<T> {
  const requestId = currentRequestId();
  return withDeadline(work, ms, what, {
    done,
    failed: (error) => logger.debug({ err: error, requestId, what }, 'failed after its timeout'),
  });
}
