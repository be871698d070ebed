import { connectDatabase, type Database } from '../../../src/platform/database/db.ts';
import { silent } from '../../support/booking.ts';
import {
  startApiProcess,
  startWorkerProcess,
  type ServerProcess,
} from '../../support/processes/api-process.ts';
import type { LogLine } from '../../support/processes/server-process.ts';
import { createTestDatabase } from '../../support/services/database.ts';
import { startTestRedis } from '../../support/services/redis.ts';

export interface LoggingSystem extends AsyncDisposable {
  readonly api: ServerProcess;
  readonly worker: ServerProcess;
  readonly db: Database;
  /** All lines of both processes, on both of their streams. */
  lines(): readonly LogLine[];
}

/** Starts an API and a worker as separate processes that log at a level. */
export async function startLoggingSystem(level: string): Promise<LoggingSystem> {
  const [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
  const db = connectDatabase(database.url, silent);
  const settings = { databaseUrl: database.url, redisUrl: redis.url, env: { LOG_LEVEL: level } };
  const [api, worker] = await Promise.all([startApiProcess(settings), startWorkerProcess(settings)]);
  return {
    api,
    worker,
    db,
    lines: () => [...api.log, ...worker.log],
    async [Symbol.asyncDispose]() {
      await Promise.all([api.stop(), worker.stop()]);
      await db.close();
      await redis.stop();
      await database.drop();
    },
  };
}
