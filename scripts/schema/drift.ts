import type { Catalog } from './catalog.sql.ts';

/** An object that may differ, or exist on one side only. A trailing `*` in its name matches any suffix. */
export interface SqlOnlyObject {
  object: string;
  reason: string;
}

export interface Drift {
  object: string;
  problem: string;
  migrations?: string;
  datamodel?: string;
}

/**
 * Returns the differences between migrations and datamodel. Listed objects may differ, or exist on one side only. A listed
 * object that does not differ is reported too.
 */
export function findDrift(
  migrations: Catalog,
  datamodel: Catalog,
  sqlOnly: readonly SqlOnlyObject[],
): Drift[] {
  const drift: Drift[] = [];
  const used = new Set<SqlOnlyObject>();
  const isExcused = (object: string): boolean => {
    const entries = sqlOnly.filter((entry) => matches(entry.object, object));
    for (const entry of entries) used.add(entry);
    return entries.length > 0;
  };
  for (const [object, definition] of migrations) {
    const other = datamodel.get(object);
    if (other === definition || isExcused(object)) continue;
    const problem = other === undefined ? 'is in the migrations, but not in the datamodel' : 'differs';
    drift.push({
      object,
      problem,
      migrations: definition,
      ...(other === undefined ? {} : { datamodel: other }),
    });
  }
  for (const [object, definition] of datamodel) {
    if (migrations.has(object) || isExcused(object)) continue;
    drift.push({ object, problem: 'is in the datamodel, but not in the migrations', datamodel: definition });
  }
  for (const entry of sqlOnly) {
    if (used.has(entry)) continue;
    drift.push({
      object: entry.object,
      problem: 'is listed in prisma/sql-only.json, but does not differ',
    });
  }
  return drift;
}

function matches(pattern: string, object: string): boolean {
  return pattern.endsWith('*') ? object.startsWith(pattern.slice(0, -1)) : pattern === object;
}
