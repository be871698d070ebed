import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { BalancerNode } from '../balancer-node.ts';
import { readClusterState, writeClusterState } from '../cluster-state.ts';
import type { Ports } from '../ports.ts';
import { PostgresNode } from './postgres-node.ts';
import { RoleEndpoint } from './role-endpoint.ts';
import { PostgresSupervisor } from './supervisor.ts';

const NAMES = ['pg-1', 'pg-2', 'pg-3'] as const;

export interface PostgresPartOptions {
  readonly folder: string;
  readonly ports: Ports;
  readonly durable: boolean;
  readonly report: (line: string) => void;
}

/** A primary, two synchronous standbys, their supervisor, and the balancer that leads to the primary. */
export class PostgresPart {
  readonly supervisor: PostgresSupervisor;
  readonly servers: readonly PostgresNode[];
  readonly #balancer: BalancerNode;
  readonly #endpoints: readonly { readonly endpoint: RoleEndpoint; readonly port: number }[];

  constructor({ folder, ports, durable, report }: PostgresPartOptions) {
    mkdirSync(folder, { recursive: true });
    this.servers = NAMES.map(
      (name) =>
        new PostgresNode({
          name,
          port: ports[name],
          folder: path.join(folder, name),
          durable,
          rebuild: (node) => this.#rebuild(node),
        }),
    );
    const { primary: name } = readClusterState(folder);
    const primary = this.servers.find((server) => server.name === name);
    if (primary === undefined) throw new Error(`${name} is no PostgreSQL node`);
    this.supervisor = new PostgresSupervisor({
      nodes: this.servers,
      primary,
      onPrimary: (promoted) => writeClusterState(folder, { primary: promoted }),
      report,
    });
    this.#endpoints = NAMES.map((each, i) => ({
      endpoint: new RoleEndpoint(() => this.servers[i] === this.supervisor.acceptedPrimary),
      port: ports[`${each}-role`],
    }));
    this.#balancer = new BalancerNode({
      name: 'database-balancer',
      port: ports['database-balancer'],
      config: 'postgres.cfg',
      folder,
      env: Object.fromEntries(
        NAMES.flatMap((each, i) => [
          [`PG_${i + 1}`, `127.0.0.1:${ports[each]}`],
          [`AGENT_PORT_${i + 1}`, String(ports[`${each}-role`])],
        ]),
      ),
    });
  }

  get nodes() {
    return [...this.servers, this.#balancer];
  }

  /** The address of the primary, whichever it is. */
  get url(): string {
    const url = new URL(this.supervisor.primary.url);
    url.port = String(this.#balancer.port);
    return url.href;
  }

  /** The addresses of all servers. The primary is left out by the processes that read from the others. */
  get replicaUrls(): readonly string[] {
    return this.servers.map(({ url }) => url);
  }

  async start(): Promise<void> {
    const { primary } = this.supervisor;
    primary.forgetStandby();
    await primary.start();
    await this.supervisor.start();
    for (const { endpoint, port } of this.#endpoints) await endpoint.start(port);
    await this.#balancer.start();
  }

  async stop(): Promise<void> {
    await this.supervisor.stop();
    await this.#balancer.stop();
    for (const { endpoint } of this.#endpoints) await endpoint.stop();
    // The primary first: it waits until its standbys have everything.
    const { primary } = this.supervisor;
    await primary.stop();
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  async #rebuild(node: PostgresNode): Promise<boolean> {
    if (node === this.supervisor.primary) return false;
    await this.supervisor.rebuild(node);
    return true;
  }
}
