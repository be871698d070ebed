import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';

function unreachable(): never {
  throw new Error('The schema engine requested a database unexpectedly');
}

/** What the engine asks on start, whatever it is about to do: does the schema exist, and which PostgreSQL is this? */
const greeting = {
  columnNames: ['exists', 'version', 'numeric_version'],
  columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
  rows: [[true, 'PostgreSQL 18.0', 180000]],
};

async function connect(): Promise<SqlDriverAdapter> {
  return {
    provider: 'postgres',
    adapterName: 'no-database',
    getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
    queryRaw: async ({ sql }) => (sql.includes('version()') ? greeting : unreachable()),
    executeRaw: async () => unreachable(),
    executeScript: async () => unreachable(),
    startTransaction: async () => unreachable(),
    dispose: async () => {},
  };
}

/** An adapter without a database, for the work that only compares texts: the engine refuses to start without one. */
export const noDatabase: SqlMigrationAwareDriverAdapterFactory = {
  provider: 'postgres',
  adapterName: 'no-database',
  connect,
  connectToShadowDb: connect,
};
