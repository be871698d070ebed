export const botKinds = ['hold-cycler', 'sniper', 'scraper-buyer', 'distributed-cycler'] as const;
export type BotKind = (typeof botKinds)[number];
export type Kind = 'buyer' | BotKind;

/** Where requests come from. */
export interface Origin {
  readonly address: string;
  /** The `/24` or `/48` network of the address. */
  readonly network: string;
}

/** One identity (a user of the product), and who uses it. The rules never see `person` and `kind`. */
export interface Client extends Origin {
  readonly buyerId: string;
  /** The buyer, or the operator of bots. */
  readonly person: string;
  readonly kind: Kind;
}
