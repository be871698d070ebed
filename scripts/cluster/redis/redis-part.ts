import type { ClusterNode } from '../node.ts';
import type { Ports } from '../ports.ts';

export interface RedisPartOptions {
  readonly folder: string;
  readonly ports: Ports;
  readonly password: string;
  /** Name of the node that has the latest data. */
  readonly master: string;
}

/** The Redis of a cluster, in one of its two forms. */
export interface RedisPart {
  readonly nodes: readonly ClusterNode[];
  /** The settings of a process that uses it. */
  readonly env: Readonly<Record<string, string>>;
  /** Starts all nodes, and resolves when each failover would work. */
  start(): Promise<void>;
  /** Returns the node that `redis-master` means at this moment. */
  findMaster(): Promise<ClusterNode>;
  /** Returns whether another node is the master of what this one was the master of. */
  hasTakenOver(old: ClusterNode): Promise<boolean>;
}
