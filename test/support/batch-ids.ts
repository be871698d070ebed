/**
 * Returns the id of the batch that made a version, for messages and maps that no batch made. Each `history` has its own
 * ids.
 */
export function makeBatchId(version: number, history = 0): string {
  return `00000000-0000-4000-8${history.toString(16).padStart(3, '0')}-${version.toString(16).padStart(12, '0')}`;
}

/** Returns the ids of the batches before and after a change from one version to the next. */
export function makeBatchIds(version: number, fromVersion = version - 1, history = 0) {
  return { previousBatchId: makeBatchId(fromVersion, history), batchId: makeBatchId(version, history) };
}
