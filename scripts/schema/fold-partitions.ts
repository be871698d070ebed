import type { Catalog } from './catalog.sql.ts';

/** Two leaves of a table, or a leaf and its table, that are not alike. */
export interface LeafDifference {
  readonly object: string;
  readonly problem: string;
}

interface Leaf {
  readonly name: string;
  readonly table: string;
}

const INDEX = /^CREATE (UNIQUE )?INDEX (\S+) ON (?:ONLY )?public\.(\S+) (.*)$/s;

/**
 * Returns the catalog that a database would have without partitions, and how leaves differ from each other and from their
 * tables. Leaves must have the same columns, checks, indexes, foreign keys and storage parameters. A foreign key refers to
 * the leaf of the same partition.
 */
export function foldPartitions(catalog: Catalog): {
  readonly folded: Catalog;
  readonly differences: readonly LeafDifference[];
} {
  const leaves = findLeaves(catalog);
  const folded = new Map<string, string>();
  const differences: LeafDifference[] = [];
  const tables = new Set(leaves.map(({ table }) => table));
  for (const [object, definition] of catalog)
    if (getOwner(object, definition, leaves) === null)
      folded.set(object, unpartition(object, definition, tables));
  for (const table of tables) {
    const own = describe(catalog, table, leaves);
    const described = leaves
      .filter((leaf) => leaf.table === table)
      .map((leaf) => ({ leaf, objects: describe(catalog, leaf.name, leaves) }));
    const [first] = described;
    if (first === undefined) continue;
    // What only leaves have: foreign keys and storage parameters.
    for (const [object, definition] of first.objects)
      if (/^storage |^constraint .* FOREIGN KEY/.test(`${object} ${definition}`)) own.set(object, definition);
    for (const { leaf, objects } of described) differences.push(...compare(leaf, own, objects));
    for (const [object, definition] of own)
      if (/^(?:storage|constraint) /.test(object)) folded.set(object, definition);
  }
  return { folded, differences };
}

function findLeaves(catalog: Catalog): Leaf[] {
  return [...catalog].flatMap(([object, definition]) => {
    const name = /^table (.+)$/.exec(object)?.[1] ?? '';
    const table = /^(.+)_p\d+$/.exec(name)?.[1];
    return definition.includes('FOR VALUES') && table !== undefined ? [{ name, table }] : [];
  });
}

/** Returns the leaf that an object belongs to; null for an object of another table. */
function getOwner(object: string, definition: string, leaves: readonly Leaf[]): Leaf | null {
  const owner =
    INDEX.exec(definition)?.[3] ?? /^(?:table|storage|column|constraint) ([^.]+)/.exec(object)?.[1];
  return leaves.find(({ name }) => name === owner) ?? null;
}

function unpartition(object: string, definition: string, tables: ReadonlySet<string>): string {
  const table = /^table (.+)$/.exec(object)?.[1];
  if (table !== undefined && tables.has(table)) return 'ordinary';
  return INDEX.test(definition) ? definition.replace(' ON ONLY ', ' ON ') : definition;
}

/** Returns the objects of a table or leaf in the words of the table. Indexes have no names: those of leaves are generated. */
function describe(catalog: Catalog, owner: string, leaves: readonly Leaf[]): Map<string, string> {
  const number = /_p\d+$/.exec(owner)?.[0];
  const table = leaves.find(({ name }) => name === owner)?.table ?? owner;
  const objects = new Map<string, string>();
  for (const [object, definition] of catalog) {
    const index = INDEX.exec(definition);
    if (index !== null && index[3] === owner)
      objects.set(`index of ${table}: ${index[1] ?? ''}${index[4] ?? ''}`, 'exists');
    const [, kind, of, rest] = /^(storage|column|constraint) ([^.]+)(.*)$/.exec(object) ?? [];
    if (of !== owner || rest === undefined) continue;
    // The primary key of a leaf has a name of its own.
    const name = definition.startsWith('PRIMARY KEY') ? `.${table}_pkey` : rest;
    objects.set(`${kind} ${table}${name}`, toTables(definition, number, leaves));
  }
  return objects;
}

/** Replaces the leaves of the same partition in a foreign key by their tables. */
function toTables(definition: string, number: string | undefined, leaves: readonly Leaf[]): string {
  return definition.replace(/ REFERENCES (\S+)\(/, (all, target: string) => {
    const leaf = leaves.find(({ name }) => name === target);
    return leaf === undefined || `${leaf.table}${number}` !== target ? all : ` REFERENCES ${leaf.table}(`;
  });
}

function compare(
  { name }: Leaf,
  wanted: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): LeafDifference[] {
  const missing = [...wanted.keys()].filter((object) => !found.has(object));
  const additional = [...found.keys()].filter((object) => !wanted.has(object));
  const different = [...wanted].filter(
    ([object, definition]) => found.has(object) && found.get(object) !== definition,
  );
  return [
    ...missing.map((object) => ({ object, problem: `is missing in ${name}` })),
    ...additional.map((object) => ({ object, problem: `is in ${name}, but not in all partitions` })),
    ...different.map(([object]) => ({ object, problem: `differs in ${name}` })),
  ];
}
