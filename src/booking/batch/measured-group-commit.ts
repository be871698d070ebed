import { metrics } from '../../platform/observability/metrics.ts';
import { SelloutError } from '../../platform/errors.ts';
import type { BatchInput, BatchStep } from './batch.ts';
import { GroupCommit, type ExecuteBatch, type Submission } from './group-commit.ts';
import type { Outcome } from '../rules/model.ts';

/** A group commit that counts what goes through it. */
export class MeasuredGroupCommit extends GroupCommit {
  override async submit(eventId: number, submission: Submission): Promise<Outcome> {
    const { kind } = submission.command;
    metrics.groupCommitWaiting.inc();
    try {
      const outcome = await super.submit(eventId, submission);
      const name = outcome.kind === 'refused' ? outcome.refusal.code : outcome.kind;
      metrics.commands.inc({ kind, outcome: name });
      return outcome;
    } catch (error) {
      metrics.commands.inc({ kind, outcome: error instanceof SelloutError ? error.code : 'ERROR' });
      throw error;
    } finally {
      metrics.groupCommitWaiting.dec();
    }
  }
}

/** Counts and times batches: `execute` as a whole, `onStep` from one step to the next. */
export class BatchMeter {
  /** One batch an event is under way in a process, so its event is name enough. */
  readonly #committed = new Set<number>();
  readonly #lastStep = new WeakMap<BatchInput, number>();

  readonly onStep = (step: BatchStep, input: BatchInput): void => {
    if (step === 'committed') this.#committed.add(input.eventId);
    const now = performance.now();
    const before = this.#lastStep.get(input);
    if (before !== undefined) metrics.batchStepSeconds.observe({ step }, (now - before) / 1000);
    this.#lastStep.set(input, now);
  };

  measured(execute: ExecuteBatch): ExecuteBatch {
    return async (eventId, batch) => {
      this.#committed.delete(eventId);
      const startedAt = performance.now();
      const again = await execute(eventId, batch);
      metrics.batchSeconds.observe((performance.now() - startedAt) / 1000);
      metrics.batchCommands.observe(batch.length);
      const failed = again.length > 0 ? 'retried' : 'failed';
      metrics.batches.inc({ outcome: this.#committed.delete(eventId) ? 'committed' : failed });
      return again;
    };
  }
}
