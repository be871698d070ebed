import { parentPort, workerData } from 'node:worker_threads';
import { handOver } from '../../platform/threads.ts';
import { readPlanAtOnce } from './read-plan.ts';

/* A thread of its own for one large plan, from the text of its file to the rows of its seats. */
const read = readPlanAtOnce(workerData as string);
parentPort?.postMessage(read, handOver(read.ok ? read.rows.seats.map(({ json }) => json) : []));
