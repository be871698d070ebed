import type { Attempt } from '../history.ts';
import { Findings, type Breach } from './breach.ts';
import { checkFinalState } from './check-final-state.ts';
import { checkLimits } from './check-limits.ts';
import { checkRecord } from './check-record.ts';
import { checkEndsAnswered, endsAskedFor } from './effects.ts';
import type { EventRecord } from './event-record.ts';
import { holdsAskedFor } from './holds.ts';
import { checkKeys } from './keys.ts';
import { checkRealTime } from './real-time.ts';
import { checkRefusals } from './refusals.ts';
import { timelineOf } from './timeline.ts';

/**
 * Whether what the clients of an event saw is explained by one legal history of its seats. The change record, in the
 * order of its versions, is that history: it has to be legal by itself and lead to what is stored; every success has
 * to be one entry of it, every entry somebody's doing; the order has to respect real time; and every refusal has to have
 * been right at some moment while it was asked for. Then each seat is linearizable, and all seats together are, with
 * the versions as the order.
 */
export function checkHistory(history: readonly Attempt[], record: EventRecord): Breach[] {
  const findings = new Findings(record.eventId);
  const timeline = timelineOf(record);
  checkRecord(timeline, findings);
  checkFinalState(timeline, findings);
  checkLimits(timeline, findings);
  checkEndsAnswered(history, timeline, findings);
  checkKeys(history, timeline, findings);
  checkRefusals(history, timeline, findings);
  const effects = [
    ...holdsAskedFor(history, timeline, findings),
    ...endsAskedFor(history, timeline, findings),
  ];
  checkRealTime(effects, findings);
  return findings.breaches;
}
