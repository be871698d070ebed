import type { Random } from '../../../test/torture/random.ts';
import type { BotKind, Client, Origin } from '../people/client.ts';
import type { Sale } from '../sale/sale.ts';

/** What bots of every kind have: a name for reports, and addresses. */
export interface Base {
  readonly name: string;
  readonly networks: number;
  readonly addressesPerNetwork: number;
}

/** Someone who runs bots of one kind: the addresses that they use, and the identities that they start. */
export class Operator {
  readonly sale: Sale;
  readonly random: Random;
  readonly #kind: BotKind;
  readonly #origins: readonly Origin[];
  #next = 0;

  /** @param hideIn returns networks of buyers in which the bots hide; absent: they have networks of their own. */
  constructor(sale: Sale, random: Random, kind: BotKind, base: Base, hideIn?: () => string) {
    this.sale = sale;
    this.random = random;
    this.#kind = kind;
    this.#origins = Array.from({ length: base.networks }, (_, n) => {
      const network = hideIn?.() ?? `${kind} ${n}`;
      return Array.from({ length: base.addressesPerNetwork }, (_, a) => ({
        network,
        address: `${network}, ${kind} ${n}.${a}`,
      }));
    }).flat();
  }

  /** Starts a session at the next address. Returns null if the address has started too many. */
  startSession(): Client | null {
    const origin = this.#origins[this.#next++ % this.#origins.length];
    if (origin === undefined) throw new Error('the operator has no address');
    return this.sale.startSession(origin, this.#kind, this.#kind);
  }
}
