import { PrismaPg } from '@prisma/adapter-pg';
import { DriverAdapterError, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';

/**
 * The adapter of Prisma, but a script goes to PostgreSQL whole. PrismaPg splits it at every semicolon, also inside
 * comments and function bodies, and runs the pieces on any connection of its pool. Sent whole, a migration is one
 * implicit transaction, as with the engine's own binary: one that fails or is cut off leaves nothing behind.
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
          throw error instanceof pg.DatabaseError ? asEngineError(error) : error;
        }
      };
      return Object.assign(adapter, { executeScript });
    },
    connectToShadowDb: () => {
      throw new Error('Migrations are applied without a shadow database');
    },
  };
}

/** The form in which the engine takes PostgreSQL's errors: it records them, and tells them in its own. */
function asEngineError(error: pg.DatabaseError): DriverAdapterError {
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
