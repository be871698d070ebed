import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';

function unreachable(): never {
  throw new Error('The schema engine requested a database unexpectedly');
}

/** Result of the engine's first query, which reads the existence of the schema and the version of PostgreSQL. */
const versionResult = {
  columnNames: ['exists', 'version', 'numeric_version'],
  columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
  rows: [[true, 'PostgreSQL 18.0', 180000]],
};

async function connect(): Promise<SqlDriverAdapter> {
  return {
    provider: 'postgres',
    adapterName: 'no-database',
    getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
    queryRaw: async ({ sql }) => (sql.includes('version()') ? versionResult : unreachable()),
    executeRaw: async () => unreachable(),
    executeScript: async () => unreachable(),
    startTransaction: async () => unreachable(),
    dispose: async () => {},
  };
}

/** An adapter without a database. The engine requires an adapter even for work that needs no database. */
export const noDatabase: SqlMigrationAwareDriverAdapterFactory = {
  provider: 'postgres',
  adapterName: 'no-database',
  connect,
  connectToShadowDb: connect,
};
