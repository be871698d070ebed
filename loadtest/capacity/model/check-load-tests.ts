import { findCell, readNumber } from '../cells.ts';
import type { Costs } from '../inputs.ts';
import { getBatchSize, readBatchTime } from '../sale/lane.ts';
import { scenarios } from '../../run/scenarios.ts';
import { toCommandCost } from './commands.ts';

/** What the model computes for a load test, and what the load test measured, in seconds of CPU. */
export interface Comparison {
  readonly scenario: string;
  readonly apiSeconds: { readonly model: number; readonly measured: number };
  readonly postgresSeconds: { readonly model: number; readonly measured: number };
}

/**
 * What the requests of a scenario are, as shares. In `checkout`, each buyer opens a page and holds, and 85 % confirm or release. In
 * `fan-out`, each hold is released. `hold-storm` has two phases, each as long as the scenario says.
 */
const requestShares = {
  'same-seat': { phases: 1, pages: 0, holds: 1, ends: 0 },
  'hold-storm': { phases: 2, pages: 0, holds: 1, ends: 0 },
  checkout: { phases: 1, pages: 1 / 2.85, holds: 1 / 2.85, ends: 0.85 / 2.85 },
  'fan-out': { phases: 1, pages: 0, holds: 0.5, ends: 0.5 },
} as const;

/** Compares the model with the figures of docs/load-tests.md, which it does not start from. */
export function checkLoadTests(page: string, costs: Costs): Comparison[] {
  return Object.entries(requestShares).map(([scenario, shares]) => {
    const size = scenarios.find(({ name }) => name === scenario)?.full;
    if (size === undefined) throw new Error(`there is no load test ${scenario}`);
    const read = (column: string) =>
      readNumber(findCell(page, { row: scenario, column, after: '## Measured' }));
    const [requests, messages] = [read('requests'), read('messages to watchers')];
    const [pages, holds, ends] = [shares.pages * requests, shares.holds * requests, shares.ends * requests];
    const seconds = size.seconds * shares.phases;
    const command = toCommandCost(costs, getBatchSize((holds + ends) / seconds, readBatchTime(costs)));
    const sockets = size.watchers + size.sampleSockets;
    const total = (cost: { readonly hold: number; readonly end: number }) =>
      holds * cost.hold + ends * cost.end;
    const api =
      pages * costs.pageApiMicros +
      total(command.apiMicros) +
      messages * costs.frameMicros2Seats +
      sockets * (costs.connectMicros + seconds * costs.watcherIdleMicros);
    const postgres =
      pages * costs.pagePostgresMicros + total(command.postgresMicros) + seconds * costs.pollPostgresMicros;
    return {
      scenario,
      apiSeconds: { model: api / 1e6, measured: read('API') },
      postgresSeconds: { model: postgres / 1e6, measured: read('PostgreSQL') },
    };
  });
}
