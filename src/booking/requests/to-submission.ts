import { toBestHold } from '../operations/hold-best-available.ts';
import { toSeatsHold } from '../operations/hold-seats.ts';
import type { HoldSubmission } from '../operations/submit.ts';
import type { Wish } from './hold-request.ts';

/** Returns the command of a queued hold. */
export function toSubmission(wish: Wish): HoldSubmission {
  const { operation, keyHash, inputHash, requestId, expiresAtMs } = wish;
  const key = { operation, keyHash, inputHash };
  const { command, choice } =
    wish.operation === 'holdSeats' ? toSeatsHold({ ...wish, key }) : toBestHold({ ...wish, key });
  return { command: { ...command, request: { requestId, expiresAtMs, mayChoose: choice !== null } }, choice };
}
