import { readFileSync } from 'node:fs';
import { startTestPostgres } from '../../support/services/postgres.ts';

/** A plan node as EXPLAIN (ANALYZE, FORMAT JSON) prints it. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly [property: string]: unknown;
  readonly Plans?: readonly PlanNode[];
}

/** A statement that was executed, and the node of its plan that went through the most rows. */
export interface Executed {
  /** From the comment that the statement starts with. */
  readonly name: string;
  readonly node: string;
  readonly rows: number;
}

/**
 * A PostgreSQL that never gathers statistics by itself, and logs the plan of every statement that it has executed, those
 * of triggers included.
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
    /** The statements that were executed while `work` ran. */
    async executedBy(work: () => Promise<unknown>): Promise<readonly Executed[]> {
      const before = log().length;
      await work();
      return executedIn(log().slice(before));
    },
  };
}

/** Reads what auto_explain writes: a line that ends with `plan:`, then JSON, each line of it after a tab. */
function executedIn(text: string): readonly Executed[] {
  return [...text.matchAll(/ plan:\n((?:\t.*\n)+)/g)].map(([, json = '']) => {
    const { 'Query Text': query, Plan: plan } = JSON.parse(json.replaceAll(/^\t/gm, '')) as {
      'Query Text': string;
      Plan: PlanNode;
    };
    const [, name = query.slice(0, 60)] = /\/\* ([\w: ]+?) \*\//.exec(query) ?? [];
    const [worst] = nodesOf(plan).sort((a, b) => rowsOf(b) - rowsOf(a));
    if (worst === undefined) throw new Error('a plan without nodes');
    return { name, node: describe(worst), rows: rowsOf(worst) };
  });
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** Rows that the node returned or threw away, in all of its loops. */
function rowsOf(node: PlanNode): number {
  const removed = Object.entries(node).flatMap(([name, value]) =>
    name.startsWith('Rows Removed by') ? [value as number] : [],
  );
  return removed.reduce((sum, rows) => sum + rows, node['Actual Rows']) * node['Actual Loops'];
}

function describe(node: PlanNode): string {
  const parts = [node['Node Type'], node['Relation Name'], node['Index Name'], node['Join Filter']];
  return parts.filter((part) => typeof part === 'string').join(' ');
}
