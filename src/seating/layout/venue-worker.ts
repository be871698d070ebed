import { parentPort, workerData } from 'node:worker_threads';
import { transferList } from '../../platform/threads.ts';
import { layOutColumns } from './lay-out-columns.ts';
import type { VenueColumns } from './venue-columns.sql.ts';

/* A thread of its own for the layout of one large venue. */
const layout = layOutColumns(workerData as VenueColumns);
const { runs, runsFromFront } = layout;
const columns = [layout, runs, runsFromFront].flatMap((part) => Object.values(part) as unknown[]);
parentPort?.postMessage(layout, transferList(columns));
