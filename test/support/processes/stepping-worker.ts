// The worker, but at one step of one of its batches it sends itself a signal, like stepping-api.ts.
import { runProcess } from '../../../src/main/run-process.ts';
import { startWorker } from '../../../src/main/worker.ts';

if (import.meta.main) {
  const { SIGNAL_AT_STEP: wanted, SIGNAL_AT_BATCH: batch, SIGNAL: signal } = process.env;
  let passed = 0;
  await runProcess((config) =>
    startWorker(config, {
      onBatchStep: (step) => {
        if (step === wanted && ++passed === Number(batch)) process.kill(process.pid, signal);
      },
    }),
  );
}
