import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { getSqlState } from '../db-errors.ts';

const QUERY_CANCELED = '57014';

interface Fallback {
  readonly replica: SqlDriverAdapterFactory;
  readonly primary: SqlDriverAdapterFactory;
  /** While false, the primary executes everything. */
  readonly isUsable: () => boolean;
  /** Called if the replica failed to execute a statement, before the primary executes it. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Creates an adapter that reads from a replica. What fails there, such as a read that conflicts with replay, is read from the
 * primary, and so is everything that is not a plain read.
 */
export function readFromReplica(options: Fallback): SqlDriverAdapterFactory {
  const { isUsable, onFailure } = options;
  return {
    provider: options.replica.provider,
    adapterName: options.replica.adapterName,
    async connect() {
      const [adapter, primary] = [await options.replica.connect(), await options.primary.connect()];
      const query = adapter.queryRaw.bind(adapter);
      adapter.queryRaw = async (statement) => {
        if (!isUsable()) return primary.queryRaw(statement);
        try {
          return await query(statement);
        } catch (error) {
          // The primary would need as long for it.
          if (isCanceled(error)) throw error;
          onFailure(error);
          return primary.queryRaw(statement); // guard: failed-replica-read-repeated
        }
      };
      adapter.executeRaw = (statement) => primary.executeRaw(statement);
      adapter.startTransaction = (level) => primary.startTransaction(level);
      return adapter;
    },
  };
}

/** Returns true if the read exceeded `statement_timeout`. */
export function isCanceled(error: unknown): boolean {
  return getSqlState(error) === QUERY_CANCELED;
}
