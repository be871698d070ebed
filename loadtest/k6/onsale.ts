// The people who are let in during an on-sale. Each virtual user plays one visit after the other: it asks the runner for
// somebody of its kind whose number was called.
import exec from 'k6/execution';
import http from 'k6/http';
import { nextVisitor, reportVisit } from './lib/handover.ts';
import { createOptions } from './lib/options.ts';
import { plan } from './lib/plan.ts';
import { visit } from './lib/visitors.ts';

export { handleSummary } from './lib/summary.ts';

// Bots expect to be refused.
http.setResponseCallback(http.expectedStatuses({ min: 200, max: 399 }, 429));

export const options = createOptions({
  visitors: {
    executor: 'per-vu-iterations',
    vus: plan.virtualUsers,
    iterations: 1,
    maxDuration: `${plan.seconds}s`,
    exec: 'visitor',
  },
});

export function visitor(): void {
  const kind = plan.handover?.kinds[exec.vu.idInTest - 1] ?? 'buyer';
  for (;;) {
    const called = nextVisitor(kind);
    if (called === 'over') return;
    if (called !== null) reportVisit(visit(kind, called));
  }
}
