import { parentPort, workerData } from 'node:worker_threads';
import { transferList } from '../../platform/threads.ts';
import { readPlanSync } from './read-plan.ts';

/* The worker thread of `readPlan`: receives the text of a plan, posts a PlanRead. */
const read = readPlanSync(workerData as string);
parentPort?.postMessage(read, transferList(read.ok ? read.rows.seats.map(({ json }) => json) : []));
