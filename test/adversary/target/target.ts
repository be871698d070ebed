import { EventEmitter, once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '../../../scripts/local/postgres/postgres.ts';
import { startRedis } from '../../../scripts/local/redis/redis.ts';
import { makeScratchFolder } from '../../../scripts/local/scratch-folder.ts';
import { migrate } from '../../../scripts/schema/apply-migrations.ts';
import { Identity } from '../../../src/identity/identity.ts';
import { withTimeout } from '../../../src/platform/with-timeout.ts';
import { connectDatabase } from '../../../src/platform/database/db.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { createHall } from '../../support/hall.ts';
import { pause } from '../../support/pause.ts';
import { ServerProcess, TEST_SECRET, type LogLine } from '../../support/processes/server-process.ts';
import type { HonestOrder } from './honest-process.ts';
import { MARK, type MemoryReport, type TurnReport } from './probe.ts';
import { ProbeClient } from './probe-client.ts';

/** V8's heap limit for the server under attack. */
export const HEAP_MIB = 512;
/**
 * Limits for the memory of clients' operations, by the server's own estimate. A quarter of the defaults, so that they
 * are reached sooner.
 */
export const keptLimits = { addressBytes: 8 * 1024 * 1024, processBytes: 32 * 1024 * 1024 } as const;
const ERROR_LEVELS = new Set(['error', 'fatal']);
/** Time that a process may take to exit after V8 or a signal ended it. */
const ENDED_WITHIN_MS = 2_000;
const MARK_WITHIN_MS = 30_000;

/** The events in the database under attack. */
export interface TargetEvents {
  /** The event that only honest clients book. */
  readonly honest: number;
  /** The event that attacks refer to. */
  readonly attacked: number;
  readonly attackedSeats: number;
}

interface TargetData {
  readonly events: TargetEvents;
  /** Token of the organizer of the attacked event. */
  readonly organizerToken: string;
}

/** The API in a separate process with a small heap, with its own PostgreSQL and Redis. */
export class Target implements AsyncDisposable {
  readonly events: TargetEvents;
  readonly organizerToken: string;
  readonly #server: ServerProcess;
  readonly #folder: string;
  readonly #undo: AsyncDisposableStack;
  readonly #errors: Map<string, number>;
  readonly #marks: EventEmitter;
  #probe: ProbeClient | undefined;
  #starts = 0;
  #port = 0;
  #peak = { heapBytes: 0, rssBytes: 0 };

  private constructor(
    server: ServerProcess,
    folder: string,
    undo: AsyncDisposableStack,
    { errors, marks }: { errors: Map<string, number>; marks: EventEmitter },
    { events, organizerToken }: TargetData,
  ) {
    this.#server = server;
    this.#folder = folder;
    this.#undo = undo;
    this.#errors = errors;
    this.#marks = marks;
    this.events = events;
    this.organizerToken = organizerToken;
  }

  static async start(): Promise<Target> {
    await using undo = new AsyncDisposableStack();
    const scratch = await makeScratchFolder();
    undo.defer(() => scratch.remove());
    const postgres = await startPostgres({ folder: path.join(scratch.folder, 'postgres'), durable: false });
    undo.defer(() => postgres.stop('immediate'));
    await migrate(postgres.url);
    const redis = await startRedis({ folder: path.join(scratch.folder, 'redis') });
    undo.defer(() => redis.stop());
    const { events, organizerToken } = await createEvents(postgres.url);

    const probe = fileURLToPath(new URL('probe.ts', import.meta.url));
    const errors = new Map<string, number>();
    const marks = new EventEmitter();
    const server = new ServerProcess({
      file: 'src/main/api.ts',
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      env: {
        NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB} --import ${probe} --disable-warning=ExperimentalWarning`,
        // Lower than the default, so that an address is full sooner. All limits per address derive from it.
        CONNECTIONS_PER_ADDRESS_MAX: '300',
        CLIENT_MEMORY_PER_ADDRESS_BYTES_MAX: String(keptLimits.addressBytes),
        CLIENT_MEMORY_BYTES_MAX: String(keptLimits.processBytes),
        ADVERSARY_PROBE: path.join(scratch.folder, 'probe'),
      },
      onLog: (line) => (line['msg'] === MARK ? marks.emit('mark') : count(errors, line)),
    });
    undo.defer(() => server.kill());
    const target = new Target(
      server,
      scratch.folder,
      undo.move(),
      { errors, marks },
      { events, organizerToken },
    );
    await target.restart();
    return target;
  }

  get url(): string {
    return this.#server.url ?? '';
  }

  /** The port on which it listens, or listened before it ended. */
  get port(): number {
    return this.#port;
  }

  /** Returns what the honest clients have to do. */
  honestOrder(): HonestOrder {
    return { url: this.url, eventId: this.events.honest, seatCount: this.events.attackedSeats };
  }

  /** Number of starts of the process. */
  get starts(): number {
    return this.#starts;
  }

  /** Returns how the process ended unexpectedly; null while it runs. */
  death(): string | null {
    if (this.#server.alive()) return null;
    const how = this.#server.unexpectedExits.at(-1) ?? 'it ended';
    const [first = ''] = how.split('\n');
    const reason = /(?:RangeError|Error|heap out of memory)[^"\\]{0,120}/.exec(how)?.[0] ?? '';
    return `${first.slice(0, 80)} ${reason}`.trim();
  }

  /** Returns the error lines since the last call, with their counts. Waits for lines that are still on their way. */
  async takeErrors(): Promise<ReadonlyMap<string, number>> {
    if (this.#server.alive()) {
      const heard = once(this.#marks, 'mark');
      await this.#ask((probe) => probe.mark());
      await withTimeout(heard, MARK_WITHIN_MS, 'the log of the server');
    }
    const taken = new Map(this.#errors);
    this.#errors.clear();
    return taken;
  }

  async restart(): Promise<void> {
    this.#probe?.close();
    await this.#server.kill();
    const probe = path.join(this.#folder, `probe`);
    await this.#server.start();
    this.#probe = await ProbeClient.connect(probe);
    this.#port = Number(new URL(this.url).port);
    this.#starts++;
  }

  turn(): Promise<TurnReport> {
    return this.#ask((probe) => probe.turn());
  }

  async memory(): Promise<MemoryReport> {
    const report = await this.#ask((probe) => probe.memory());
    this.#peak = {
      heapBytes: Math.max(this.#peak.heapBytes, report.peakHeapBytes),
      rssBytes: Math.max(this.#peak.rssBytes, report.peakRssBytes),
    };
    return report;
  }

  /** Maximum memory of all its processes, as far as measured. */
  get peak(): { readonly heapBytes: number; readonly rssBytes: number } {
    return this.#peak;
  }

  /**
   * Waits until everything sent has been processed, and returns the longest turn since the last report. Null if the
   * process has ended; if an attack is about to end it, this waits for that.
   */
  async settled(): Promise<TurnReport | null> {
    const deadline = performance.now() + ENDED_WITHIN_MS;
    for (;;) {
      if (!this.#server.alive()) return null;
      try {
        return await this.turn();
      } catch {
        if (performance.now() > deadline) return null;
        await pause(20);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#probe?.close();
    await this.#undo.disposeAsync();
  }

  #ask<T>(question: (probe: ProbeClient) => Promise<T>): Promise<T> {
    if (this.#probe === undefined) throw new Error('the server was not started');
    return question(this.#probe);
  }
}

function count(errors: Map<string, number>, line: LogLine): void {
  if (!ERROR_LEVELS.has(String(line['level']))) return;
  const { message = '' } = (line['err'] ?? {}) as { message?: string };
  const what = `${String(line['msg'])}: ${message.slice(0, 100)}`;
  errors.set(what, (errors.get(what) ?? 0) + 1);
}

async function createEvents(databaseUrl: string): Promise<TargetData> {
  const logger = createLogger('silent');
  const database = connectDatabase(databaseUrl, logger);
  try {
    const db = database.reads;
    const options = { rows: 20, seatsPerRow: 50, seatLimit: 50 };
    const honest = await createHall(db, { ...options, name: 'Honest Night' });
    const attacked = await createHall(db, { ...options, name: 'Attacked Night' });
    const identity = new Identity({ secret: TEST_SECRET, provider: null }, db, logger);
    const { token } = await identity.issue({ userId: attacked.organizerId, role: 'ORGANIZER' });
    return {
      events: { honest: honest.eventId, attacked: attacked.eventId, attackedSeats: attacked.seatCount },
      organizerToken: token,
    };
  } finally {
    await database.close();
  }
}
