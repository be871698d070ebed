// The API, but at one step of one of its batches it sends itself a signal: SIGKILL to crash there, SIGSTOP to freeze.
import type { BatchStep } from '../../../src/booking/batch/batch.ts';
import { startApi } from '../../../src/main/api.ts';
import { runProcess } from '../../../src/main/run-process.ts';

export interface StepSettings {
  readonly step: BatchStep;
  /** Which batch of the process, starting at 1. */
  readonly batch: number;
  readonly signal: 'SIGKILL' | 'SIGSTOP';
}

/** Returns the environment of such a process. */
export function stepEnvironment({ step, batch, signal }: StepSettings): Record<string, string> {
  return { SIGNAL_AT_STEP: step, SIGNAL_AT_BATCH: String(batch), SIGNAL: signal };
}

if (import.meta.main) {
  const { SIGNAL_AT_STEP: wanted, SIGNAL_AT_BATCH: batch, SIGNAL: signal } = process.env;
  let passed = 0;
  await runProcess((config) =>
    startApi(config, {
      onBatchStep: (step) => {
        if (step === wanted && ++passed === Number(batch)) process.kill(process.pid, signal);
      },
    }),
  );
}
