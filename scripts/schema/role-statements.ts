import pg from 'pg';
import { getSessionSettings, poolNames } from '../../src/platform/database/session-settings.ts';

/**
 * Returns the statements that create a role for each pool, with the settings of its sessions and the rights of `owner`.
 * They can be repeated, for example after an upgrade.
 */
export function getRoleStatements(owner: string, prefix = 'sellout'): string[] {
  return poolNames.flatMap((pool) => {
    const role = pg.escapeIdentifier(`${prefix}_${pool}`);
    const settings = Object.entries(getSessionSettings(pool));
    return [
      `DO $$ BEGIN CREATE ROLE ${role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;`,
      `GRANT ${pg.escapeIdentifier(owner)} TO ${role};`,
      ...settings.map(([name, value]) => `ALTER ROLE ${role} SET ${name} = ${pg.escapeLiteral(value)};`),
    ];
  });
}
