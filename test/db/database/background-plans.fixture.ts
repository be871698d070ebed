import { readFileSync } from 'node:fs';
import { startTestPostgres } from '../../support/services/postgres.ts';

/** A plan node in the output of EXPLAIN (ANALYZE, FORMAT JSON). */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly [property: string]: unknown;
  readonly Plans?: readonly PlanNode[];
}

/** An executed statement, and the node of its plan that processed the most rows. */
export interface Executed {
  /** Name from the leading comment of the statement. */
  readonly name: string;
  readonly node: string;
  readonly rows: number;
  /** Tables that were read. With partitions, those whose turn came; PostgreSQL skips others at run time. */
  readonly tables: readonly string[];
  /** Tables that are in the plan, read or not. */
  readonly planned: readonly string[];
}

/**
 * Starts a PostgreSQL that never gathers statistics by itself, and logs the plan of every executed statement, including
 * those of triggers.
 */
export async function startExplainingPostgres() {
  const postgres = await startTestPostgres({
    settings: {
      autovacuum: 'off',
      session_preload_libraries: 'auto_explain',
      'auto_explain.log_min_duration': '0',
      'auto_explain.log_analyze': 'on',
      'auto_explain.log_timing': 'off',
      'auto_explain.log_nested_statements': 'on',
      'auto_explain.log_format': 'json',
      'auto_explain.log_parameter_max_length': '0',
    },
  });
  const log = () => readFileSync(postgres.logFile, 'utf8');
  return {
    ...postgres,
    /** Returns the statements that were executed during `work`. */
    async executedBy(work: () => Promise<unknown>): Promise<readonly Executed[]> {
      const before = log().length;
      await work();
      return executedIn(log().slice(before));
    },
  };
}

/** Parses the output of auto_explain: a line that ends with `plan:`, then JSON whose lines start with a tab. */
function executedIn(text: string): readonly Executed[] {
  return [...text.matchAll(/ plan:\n((?:\t.*\n)+)/g)].map(([, json = '']) => {
    const { 'Query Text': query, Plan: plan } = JSON.parse(json.replaceAll(/^\t/gm, '')) as {
      'Query Text': string;
      Plan: PlanNode;
    };
    const [, name = query.slice(0, 60)] = /\/\* ([\w: ]+?) \*\//.exec(query) ?? [];
    const [worst] = flattenNodes(plan).sort((a, b) => countRows(b) - countRows(a));
    if (worst === undefined) throw new Error('a plan without nodes');
    const planned = flattenNodes(plan);
    const read = planned.filter((node) => node['Node Type'].includes('Scan') && node['Actual Loops'] > 0);
    return {
      name,
      node: describe(worst),
      rows: countRows(worst),
      tables: getTables(read),
      planned: getTables(planned),
    };
  });
}

function flattenNodes(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flattenNodes)];
}

function getTables(nodes: readonly PlanNode[]): string[] {
  const names = nodes.map(({ 'Relation Name': table }) => table).filter((name) => typeof name === 'string');
  return [...new Set(names)];
}

/** Counts the rows that the node returned or removed in all of its loops. */
function countRows(node: PlanNode): number {
  const removed = Object.entries(node).flatMap(([name, value]) =>
    name.startsWith('Rows Removed by') ? [value as number] : [],
  );
  return removed.reduce((sum, rows) => sum + rows, node['Actual Rows']) * node['Actual Loops'];
}

function describe(node: PlanNode): string {
  const parts = [node['Node Type'], node['Relation Name'], node['Index Name'], node['Join Filter']];
  return parts.filter((part) => typeof part === 'string').join(' ');
}
