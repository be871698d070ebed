import { defaultDemand } from './demand.ts';
import { renderInputs, renderPlan, renderUnits, renderUnknown } from './report.ts';

/** Returns the generated blocks of docs/scaling.md by name. */
export function renderBlocks(): Readonly<Record<string, string>> {
  return {
    units: renderUnits(),
    plan: renderPlan(defaultDemand),
    'everyone-watches': renderPlan({ ...defaultDemand, watchersShare: 0.998 }),
    unknown: renderUnknown(),
    inputs: renderInputs(),
  };
}
