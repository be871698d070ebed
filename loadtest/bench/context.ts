import type { PrismaClient } from '../../src/platform/database/db.ts';
import type { AppContext } from '../../src/main/context.ts';
import type { Arena } from './arena.ts';
import type { BenchServices } from './services.ts';

/** What every benchmark runs on. */
export interface BenchContext {
  readonly services: BenchServices;
  /** The product, in the benchmark's own process. */
  readonly app: AppContext;
  /** What the baseline uses instead. */
  readonly plain: PrismaClient;
  readonly arena: Arena;
  /** For servers in processes of their own. */
  readonly env: Readonly<Record<string, string>>;
  readonly pairs: number;
  readonly seconds: number;
}
