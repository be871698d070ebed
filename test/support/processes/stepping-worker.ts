// The worker, but at one step of one of its batches it sends itself a signal, like stepping-api.ts.
import { runProcess } from '../../../src/main/run-process.ts';
import { startWorker } from '../../../src/main/worker.ts';
import { createStepSignal } from './stepping-api.ts';

if (import.meta.main) {
  await runProcess((config) => startWorker(config, { onBatchStep: createStepSignal() }));
}
