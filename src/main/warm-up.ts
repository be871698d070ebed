import { parse } from 'graphql';
import type { EngineOptions } from '../graphql/engine/engine.ts';
import { executePlan } from '../graphql/engine/execution/execute-plan.ts';
import { PreparedDocument } from '../graphql/engine/execution/prepared-document.ts';
import { encodeEventId } from '../platform/ids.ts';

/** No event has this ID, so that nothing is read, but all code for reading is loaded and compiled. */
const NO_EVENT = 2_147_483_647;
const TIMES = 3;

const document = parse(`query WarmUp($id: ID!) {
  event(id: $id) {
    name startsAt onSaleAt status venue { name } priceTiers { name } availability { available }
    seatMap { version states layoutUrl }
    seats(first: 1) { edges { node { id label status priceTier { name } } } }
  }
}`);

/**
 * Runs the query of an event page before the server accepts connections. Otherwise the first request blocks the process
 * for 50 to 70 ms while code is loaded and compiled, Prisma's query compiler above all. Never rejects: a process starts
 * even if it could not warm up.
 */
export async function warmUp(options: EngineOptions): Promise<void> {
  const { schema, services, logger } = options;
  const variables = { id: encodeEventId(NO_EVENT) };
  try {
    const operation = new PreparedDocument(schema, document).getOperation(null);
    if (operation === null) throw new Error('the query is missing');
    for (let i = 0; i < TIMES; i++) {
      const context = { ...services, viewer: null, requestId: 'warm-up', budget: null };
      const { errors } = await executePlan(operation.plan, { variables, context });
      if (errors !== undefined) throw new AggregateError(errors);
    }
  } catch (error) {
    logger.warn({ err: error }, 'warm-up failed');
  }
}
