/** The id of the batch that made a version, in a history of that number: for messages and maps that no batch made. */
export function batchIdOf(version: number, history = 0): string {
  return `00000000-0000-4000-8${history.toString(16).padStart(3, '0')}-${version.toString(16).padStart(12, '0')}`;
}

/** The batches of a change from one version to the next. */
export function batchIdsOf(version: number, fromVersion = version - 1, history = 0) {
  return { previousBatchId: batchIdOf(fromVersion, history), batchId: batchIdOf(version, history) };
}
