import type { Attempt } from '../history.ts';
import { Findings, type Breach } from './breach.ts';
import { checkFinalState } from './check-final-state.ts';
import { checkLimits } from './check-limits.ts';
import { checkRecord } from './check-record.ts';
import { checkEndsAnswered, explainEnds } from './effects.ts';
import type { EventRecord } from './event-record.ts';
import { explainHolds } from './holds.ts';
import { checkKeys } from './keys.ts';
import { checkPromises } from './promises.ts';
import { checkRealTime } from './real-time.ts';
import { checkRefusals } from './refusals.ts';
import { buildTimeline } from './timeline.ts';

/**
 * Checks that one legal history of an event's seats explains everything that its clients saw. The change record,
 * ordered by version, is that history. It must be legal itself and lead to the stored state. Every success must be one
 * of its entries, and a request must have caused every entry. Its order must respect real time, and every refusal must
 * have been justified at some moment of its request. Then each seat is linearizable, and so are all seats together,
 * with the versions as the order.
 */
export function checkHistory(history: readonly Attempt[], record: EventRecord): Breach[] {
  const findings = new Findings(record.eventId);
  const timeline = buildTimeline(record);
  checkRecord(timeline, findings);
  checkFinalState(timeline, findings);
  checkLimits(timeline, findings);
  checkEndsAnswered(history, timeline, findings);
  checkKeys(history, timeline, findings);
  checkRefusals(history, timeline, findings);
  checkPromises(history, timeline, findings);
  const effects = [...explainHolds(history, timeline, findings), ...explainEnds(history, timeline, findings)];
  checkRealTime(effects, findings);
  return findings.breaches;
}
