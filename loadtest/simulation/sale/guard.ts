import { LocalProbing } from '../../../src/traffic/probing/local-probing.ts';
import type { Measure, Signal } from '../../../src/traffic/probing/rules.ts';
import type { Client } from '../people/client.ts';

export type { Measure, Signal };

/** A refusal of a hold. */
interface Judgement {
  readonly measure: Measure;
  readonly scope: string;
  readonly reason: string;
  readonly retryAfterMs: number;
}

/** The rules against probing. They get what the product knows of a client: identity, address and network. */
export interface Guard {
  /** Returns null if the client may hold the seats. */
  judge(client: Client, seats: readonly number[], nowMs: number): Judgement | null;
  record(client: Client, signal: Signal, nowMs: number): void;
}

/** More subjects than a sale has: none is forgotten. */
const SUBJECTS_MAX = 100_000;

/** Applies the rules of the product, in memory. */
export function createProductGuard(): Guard {
  const probing = new LocalProbing(SUBJECTS_MAX);
  const toSubjects = ({ buyerId, address, network }: Client) => ({ identity: buyerId, address, network });
  return {
    judge: (client, seats, nowMs) => probing.judge(toSubjects(client), seats, nowMs),
    record: (client, signal, nowMs) => void probing.record(toSubjects(client), signal, nowMs),
  };
}

/** Applies no rules, for comparison. */
export const noGuard: Guard = { judge: () => null, record: () => undefined };
