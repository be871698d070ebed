import type { SqlDriverAdapterFactory, SqlQueryable } from '@prisma/driver-adapter-utils';
import { withSpan } from '../observability/tracing.ts';

/**
 * Gives each statement of a traced request a span, with the name that the statement has as a comment. Neither texts nor
 * parameters are recorded.
 */
export function traceStatements(factory: SqlDriverAdapterFactory): SqlDriverAdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    async connect() {
      const adapter = await factory.connect();
      const start = adapter.startTransaction.bind(adapter);
      traceQueries(adapter);
      adapter.startTransaction = async (isolationLevel) => {
        const transaction = await withSpan(
          () => describe('BEGIN'),
          () => start(isolationLevel),
        );
        traceQueries(transaction);
        return transaction;
      };
      return adapter;
    },
  };
}

function traceQueries(queryable: SqlQueryable): void {
  const query = queryable.queryRaw.bind(queryable);
  const execute = queryable.executeRaw.bind(queryable);
  queryable.queryRaw = (statement) =>
    withSpan(
      () => describe(statement.sql),
      () => query(statement),
    );
  queryable.executeRaw = (statement) =>
    withSpan(
      () => describe(statement.sql),
      () => execute(statement),
    );
}

function describe(text: string) {
  const [, name, keyword = 'SQL'] = /^\s*(?:\/\* (\w{1,60}) \*\/|(\w{1,20}))/.exec(text) ?? [];
  const summary = name ?? keyword.toUpperCase();
  return {
    name: summary,
    kind: 'client' as const,
    attributes: { 'db.system.name': 'postgresql', 'db.query.summary': summary },
  };
}
