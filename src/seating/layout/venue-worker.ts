import { parentPort, workerData } from 'node:worker_threads';
import { transferList } from '../../platform/threads.ts';
import type { VenueColumns } from './venue-columns.sql.ts';
import { computeVenueLayout } from './venue-layout.ts';

/* Worker thread that computes the layout of one large venue. */
const layout = computeVenueLayout(workerData as VenueColumns);
const { runs, runsFromFront } = layout;
const columns = [layout, runs, runsFromFront].flatMap((part) => Object.values(part) as unknown[]);
parentPort?.postMessage(layout, transferList(columns));
