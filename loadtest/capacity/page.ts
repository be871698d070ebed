import { readFileSync } from 'node:fs';
import { drawSale } from './chart.ts';
import { readInputs, toCosts } from './inputs.ts';
import { checkLoadTests } from './model/check-load-tests.ts';
import { renderLimits, renderPlan, renderSale } from './report/sale-report.ts';
import {
  renderCheck,
  renderDraws,
  renderInputs,
  renderSizes,
  renderTicks,
  renderUnits,
} from './report/tables.ts';
import { sizes, sizeSale } from './sizes.ts';

const LOAD_TESTS = new URL('../../docs/load-tests.md', import.meta.url);

/** Returns the generated blocks of docs/scaling.md by name, and its chart. Takes about six seconds: it simulates the examples. */
export function renderPage(): { readonly blocks: Readonly<Record<string, string>>; readonly chart: string } {
  const inputs = readInputs();
  const costs = toCosts(inputs);
  const sized = sizes.map((size) => ({ ...size, sized: sizeSale(size.sale, costs) }));
  const largest = sized.at(-1)?.sized;
  if (largest === undefined) throw new Error('there are no examples');
  return {
    blocks: {
      units: renderUnits(costs),
      sizes: renderSizes(sized),
      sale: renderSale(largest),
      plan: renderPlan(largest),
      limits: renderLimits(largest),
      ticks: renderTicks(largest, costs),
      draws: renderDraws(largest, costs),
      check: renderCheck(checkLoadTests(readFileSync(LOAD_TESTS, 'utf8'), costs)),
      inputs: renderInputs(inputs),
    },
    chart: drawSale(largest),
  };
}
