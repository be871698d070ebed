import type { PrismaClient } from '../../src/platform/database/db.ts';
import type { AppContext } from '../../src/main/context.ts';
import type { Arena } from './arena.ts';
import type { BenchServices } from './services.ts';

/** Resources shared by all benchmarks. */
export interface BenchContext {
  readonly services: BenchServices;
  /** Sellout in the process of the benchmark. */
  readonly app: AppContext;
  /** Client of the baseline. */
  readonly plain: PrismaClient;
  readonly arena: Arena;
  /** Environment of server processes. */
  readonly env: Readonly<Record<string, string>>;
  readonly pairs: number;
  readonly seconds: number;
}
