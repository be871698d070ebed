import pg from 'pg';
import type { PostgresNode } from '../../../scripts/cluster/postgres/postgres-node.ts';
import { eventually } from '../eventually.ts';

/** Resolves when the commit of a client's write waits for a standby. Returns false if the write ends before it does. */
export async function waitUntilCommitWaits(
  node: PostgresNode,
  client: pg.Client,
  write: Promise<unknown>,
): Promise<boolean> {
  let hasEnded = false;
  const end = () => (hasEnded = true);
  write.then(end, end);
  const watcher = new pg.Client({ connectionString: node.url });
  await watcher.connect();
  try {
    let isWaiting = false;
    await eventually('a commit waits for a standby', async () => {
      const { rows } = await watcher.query<{ wait: string | null }>(
        'SELECT wait_event AS wait FROM pg_stat_activity WHERE pid = $1',
        [getProcessId(client)],
      );
      isWaiting = rows[0]?.wait === 'SyncRep';
      return isWaiting || hasEnded;
    });
    return isWaiting;
  } finally {
    await watcher.end();
  }
}

/** The type of a client lacks what a client knows. */
function getProcessId(client: pg.Client): number {
  return (client as unknown as { readonly processID: number }).processID;
}
