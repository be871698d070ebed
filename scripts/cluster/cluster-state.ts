import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What the next start of a cluster has to know: which nodes have the latest data. */
export interface ClusterState {
  readonly primary: string;
  readonly redisMaster: string;
}

const NAME = 'cluster.json';

export function readClusterState(folder: string): ClusterState {
  const file = path.join(folder, NAME);
  if (!existsSync(file)) return { primary: 'pg-1', redisMaster: 'redis-1' };
  return JSON.parse(readFileSync(file, 'utf8')) as ClusterState;
}

export function writeClusterState(folder: string, change: Partial<ClusterState>): void {
  const file = path.join(folder, NAME);
  writeFileSync(`${file}.new`, `${JSON.stringify({ ...readClusterState(folder), ...change }, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}
