import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { inject } from 'vitest';
import type { Cluster } from '../../../scripts/cluster/cluster.ts';
import { ControlSocket, sendControl, type ControlCommand } from '../../../scripts/cluster/control.ts';
import { runClusterCommand } from '../../../scripts/cluster/run-command.ts';
import { connectDatabase, type Database } from '../../../src/platform/database/db.ts';
import { silent } from '../../support/booking.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { createClusterNodes } from '../../support/processes/cluster-nodes.ts';

/** The cluster of `npm run cluster`, with one hall. */
export class TestCluster {
  readonly nodes: Cluster;
  readonly database: Database;
  readonly hall: Hall;
  readonly #folder: string;
  readonly #control: ControlSocket;

  private constructor(
    nodes: Cluster,
    database: Database,
    hall: Hall,
    folder: string,
    control: ControlSocket,
  ) {
    this.nodes = nodes;
    this.database = database;
    this.hall = hall;
    this.#folder = folder;
    this.#control = control;
  }

  /** @param prepare called with the folder of the cluster before anything is in it. */
  static async start(prepare: (folder: string) => void = () => undefined): Promise<TestCluster> {
    const folder = mkdtempSync(path.join(inject('scratchFolder'), 'services', 'cluster-'));
    prepare(folder);
    const nodes = await createClusterNodes({ folder, apis: 2, workers: 1 });
    const control = new ControlSocket(folder, (request) => runClusterCommand(nodes, request));
    await nodes.start(() => Promise.resolve());
    await control.start();
    const database = connectDatabase(nodes.postgres.url, silent);
    const hall = await createHall(database.worker, { rows: 20, seatsPerRow: 20, seatLimit: 400 });
    return new TestCluster(nodes, database, hall, folder, control);
  }

  get primary() {
    return this.nodes.postgres.supervisor.primary;
  }

  get standbys() {
    return this.nodes.postgres.servers.filter((server) => server !== this.primary);
  }

  /** Runs a command of `npm run cluster -- COMMAND NODE`, and returns its message. */
  run(command: ControlCommand, node: string | null = null): Promise<string> {
    return sendControl(this.#folder, { command, node });
  }

  async stop(): Promise<void> {
    await this.#control.stop();
    await this.database.close();
    await this.nodes.stop();
  }
}
