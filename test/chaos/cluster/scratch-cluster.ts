import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Cluster, ClusterOptions } from '../../../scripts/cluster/cluster.ts';
import { freePorts } from '../../../scripts/cluster/ports.ts';
import { makeScratchFolder } from '../../../scripts/local/scratch-folder.ts';
import { connectDatabase } from '../../../src/platform/database/db.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { createClusterNodes } from '../../support/processes/cluster-nodes.ts';
import { startStallingProxy } from '../../support/proxies/stalling-proxy.ts';
import { Clocks } from './clocks.ts';
import { allFaults, getFaultName, getObstacle, needsDisks } from './all-faults.ts';
import type { ClusterFaultKind, FaultContext } from './cluster-fault.ts';
import { Disks } from './disks.ts';

interface Parts extends Omit<FaultContext, 'random' | 'breaches'> {
  readonly folder: string;
}

export interface ScratchClusterOptions extends Partial<Pick<ClusterOptions, 'redis' | 'report'>> {
  readonly faults?: readonly ClusterFaultKind[];
}

/** The API process whose connections to the primary may be cut. */
const CUT_OFF = 'api-2';
const SERVERS = ['pg-1', 'pg-2', 'pg-3'] as const;

/** The cluster of `npm run cluster` in a temporary folder, and what its faults need. */
export class ScratchCluster implements AsyncDisposable {
  readonly parts: Parts;
  readonly #undo: AsyncDisposableStack;

  private constructor(parts: Parts, undo: AsyncDisposableStack) {
    this.parts = parts;
    this.#undo = undo;
  }

  /** Puts the servers on disks of their own only if a fault among `faults` needs them: disks in memory are faster. */
  static async start({
    report = () => undefined,
    faults = allFaults,
    redis = 'sentinel',
  }: ScratchClusterOptions): Promise<ScratchCluster> {
    await using undo = new AsyncDisposableStack();
    const scratch = await makeScratchFolder();
    undo.defer(() => scratch.remove());
    const folder = path.join(scratch.folder, 'cluster');
    mkdirSync(folder);
    const disks = faults.some(needsDisks) ? Disks.mount(folder, SERVERS) : null;
    undo.use(disks);
    const ports = await freePorts();
    const line = await startStallingProxy(ports['database-balancer']);
    undo.defer(() => line[Symbol.asyncDispose]());
    const clocks = await Clocks.find(report);
    const cluster: Cluster = await createClusterNodes({
      folder,
      ports,
      redis,
      apis: 3,
      workers: 2,
      report,
      readEnvOf: (name) => ({
        ...clocks.readEnvOf(name),
        ...(disks !== null && { DATABASE_DISK_PATH: disks.watched.folder }),
        ...(name === CUT_OFF && { DATABASE_URL: line.url(cluster.postgres.url) }),
      }),
    });
    undo.defer(() => cluster.stop());
    await cluster.start(() => Promise.resolve());
    const database = connectDatabase(cluster.postgres.url, createLogger('silent'));
    undo.defer(() => database.close());
    return new ScratchCluster({ cluster, database, folder, line, clocks, disks }, undo.move());
  }

  /** All faults that this machine can have. */
  get faults(): readonly ClusterFaultKind[] {
    return allFaults.filter((kind) => getObstacle(kind, this.parts) === null);
  }

  /** Returns those of the wanted faults that this machine cannot have, each with the reason, in words. */
  findLeftOut(wanted: readonly ClusterFaultKind[]): readonly string[] {
    return wanted.flatMap((kind) => {
      const obstacle = getObstacle(kind, this.parts);
      return obstacle === null ? [] : [`without ${getFaultName(kind)}: ${obstacle}`];
    });
  }

  /** Returns the nodes that ended by themselves since the last call, and those that do not run, in words. */
  findEnded(): readonly string[] {
    return this.parts.cluster.nodes.flatMap((node) => {
      const exits = node.unexpectedExits.splice(0);
      const mayEnd = this.#resetMayHaveFilled(node.name);
      return [...(mayEnd ? [] : exits), ...(node.isRunning ? [] : [`${node.name} does not run`])];
    });
  }

  /** Returns whether a node's disk was full since the last call: PostgreSQL ends if it cannot write its WAL. */
  #resetMayHaveFilled(name: string): boolean {
    const server = SERVERS.find((each) => each === name);
    return server !== undefined && this.parts.disks?.of(server).resetMayHaveFilled() === true;
  }

  readLogs(): string {
    const { folder, disks } = this.parts;
    return [folder, ...(disks?.folders ?? [])]
      .flatMap((each) =>
        readdirSync(each, { recursive: true, encoding: 'utf8' }).map((name) => path.join(each, name)),
      )
      .filter((name) => name.endsWith('.log'))
      .map((name) => `==> ${name}\n${readFileSync(name, 'utf8')}`)
      .join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#undo.disposeAsync();
  }
}
