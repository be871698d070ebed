import { PrismaPg } from '@prisma/adapter-pg';
import { DriverAdapterError, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';

/**
 * Creates an adapter that sends each script to PostgreSQL as a whole. PrismaPg splits scripts at every semicolon, even inside
 * comments and function bodies, and runs the parts on any connections of its pool. A whole script runs as one implicit
 * transaction, as with the engine's binary, so a migration that fails or is interrupted leaves nothing behind.
 */
export function wholeScriptAdapter(pool: pg.Pool): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaPg(pool);
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => {
      const adapter = await factory.connect();
      const executeScript = async (script: string): Promise<void> => {
        try {
          await pool.query(script);
        } catch (error) {
          throw error instanceof pg.DatabaseError ? toEngineError(error) : error;
        }
      };
      return Object.assign(adapter, { executeScript });
    },
    connectToShadowDb: () => {
      throw new Error('Migrations are applied without a shadow database');
    },
  };
}

/** Converts an error of PostgreSQL to the form that the engine records and reports. */
function toEngineError(error: pg.DatabaseError): DriverAdapterError {
  return new DriverAdapterError({
    kind: 'postgres',
    code: error.code ?? 'N/A',
    severity: error.severity ?? 'ERROR',
    message: error.message,
    detail: error.detail,
    column: error.column,
    hint: error.hint,
  });
}
