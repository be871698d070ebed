import {
  ALICE,
  BOB,
  confirmOf,
  HistoryBuilder,
  holdOf,
  unavailable,
  type History,
} from './history-builder.ts';

/**
 * Builds a legal history: Alice holds 0 and 1 with a key, retries, and confirms. Bob is refused 1, then holds and releases
 * 2. Alice's hold of 3 expires, and her confirmation is refused. Bob holds 3 after that.
 */
export function buildLegalHistory(): HistoryBuilder {
  const builder = new HistoryBuilder().hold('a', ALICE, [0, 1], [100, 120], 'k');
  builder
    .attempt(ALICE, holdOf([0, 1], 'k'), [130, 140], builder.succeeded('a'))
    .attempt(BOB, holdOf([1, 2]), [150, 160], unavailable(1))
    .confirm('a', [200, 220])
    .hold('b', BOB, [2], [230, 240])
    .release('b', [250, 260])
    .hold('c', ALICE, [3], [300, 320])
    .recordStatus('c', 'EXPIRED', 1_400)
    .attempt(ALICE, confirmOf('c'), [1_410, 1_420], {
      kind: 'refused',
      code: 'HOLD_EXPIRED',
      expiredAtMs: builder.booking('c').holdExpiresAtMs,
    })
    .hold('d', BOB, [3], [1_500, 1_520]);
  return builder;
}

/** Returns the rules that the legal history breaks after a change. */
export function checkAfter(change: (history: History, builder: HistoryBuilder) => void): string[] {
  const builder = buildLegalHistory();
  change(builder.history, builder);
  return builder.check();
}

export function attemptAt({ attempts }: History, n: number): History['attempts'][number] {
  const found = attempts[n - 1];
  if (found === undefined) throw new Error(`the history has no attempt ${n}`);
  return found;
}

export function changeAt({ record }: History, version: number): History['record']['changes'][number] {
  const found = record.changes[version - 1];
  if (found === undefined) throw new Error(`the history has no version ${version}`);
  return found;
}
