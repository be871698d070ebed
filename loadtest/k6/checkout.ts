// An ordinary sale: buyers browse, think, hold, think and confirm. Some release their seats, and some just leave.
import exec from 'k6/execution';
import { visit } from './lib/buyer.ts';
import { createOptions, openModel } from './lib/options.ts';
import { tokenOf } from './lib/plan.ts';

export { handleSummary } from './lib/summary.ts';

export const options = createOptions(
  { buyers: openModel('buyer') },
  { 'visits{end:confirmed}': ['count>0'], 'visits{end:abandoned}': ['count>0'] },
);

export function buyer(): void {
  visit(tokenOf(exec.scenario.iterationInTest), { confirm: 0.7, release: 0.15, cancel: 0 });
}
