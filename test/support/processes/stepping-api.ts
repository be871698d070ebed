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

/** Every step of a batch, and whether its effect survives a crash at that step. */
export const crashPoints: readonly (readonly [BatchStep, committed: boolean])[] = [
  ['planned', false],
  ['locked', false],
  ['decided', false],
  ['written', false],
  ['versioned', false],
  ['committed', true],
  ['published', true],
];

/** Returns a listener of batch steps that sends this process the signal of its environment. */
export function createStepSignal(): (step: BatchStep) => void {
  const { SIGNAL_AT_STEP: wanted, SIGNAL_AT_BATCH: batch, SIGNAL: signal } = process.env;
  let passed = 0;
  return (step) => {
    if (step === wanted && ++passed === Number(batch)) process.kill(process.pid, signal);
  };
}

if (import.meta.main) {
  await runProcess((config) => startApi(config, { onBatchStep: createStepSignal() }));
}
