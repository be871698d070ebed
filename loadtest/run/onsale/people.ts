import { localAddressFor } from '../post.ts';

/**
 * Kinds of people. What each does is in loadtest/k6/lib/visitors.ts:
 *
 * - `buyer`: buys, or changes their mind.
 * - `prober`: tries to hold taken seats, again and again.
 * - `cycler`: holds seats, releases them, and holds them again.
 * - `expirer`: holds seats and lets the holds expire.
 * - `reseller`: buys as many seats as possible, with many identities in one network.
 */
export const KINDS = ['buyer', 'prober', 'cycler', 'expirer', 'reseller'] as const;
export type Kind = (typeof KINDS)[number];

/** Kinds of bots in the order in which they take turns: half of them belong to one reseller. */
const BOTS: readonly Kind[] = ['reseller', 'prober', 'reseller', 'cycler', 'reseller', 'expirer'];

/** Virtual users of k6 per kind of bot, which play one visit at a time each. */
const VIRTUAL_USERS_PER_BOT_KIND = 10;
const RESELLER_ADDRESSES = 250;

/** Returns the kind of a person by number. Bots are spread evenly over the arrivals. */
export function kindOf(person: number, botShare: number): Kind {
  const before = Math.floor(person * botShare);
  if (Math.floor((person + 1) * botShare) === before) return 'buyer';
  return BOTS[before % BOTS.length] ?? 'buyer';
}

/** Returns the local address of a person: an own one, except that resellers share one network. */
export function addressOf(person: number, kind: Kind, url: string): string | undefined {
  return kind === 'reseller' ? resellerAddress(person) : localAddressFor(url, 2, person);
}

/** Returns the kind and the local address of each virtual user. */
export function assignVirtualUsers(count: number, buyerAddresses: readonly string[]) {
  const bots = KINDS.filter((kind) => kind !== 'buyer').flatMap((kind) =>
    Array.from({ length: VIRTUAL_USERS_PER_BOT_KIND }, () => kind),
  );
  const kinds = Array.from({ length: count }, (_, user): Kind => bots[user] ?? 'buyer');
  const addresses = kinds.map((kind, user) =>
    kind === 'reseller' ? resellerAddress(user) : (buyerAddresses[user % buyerAddresses.length] ?? ''),
  );
  return { kinds, addresses };
}

function resellerAddress(client: number): string {
  return `127.4.1.${1 + (client % RESELLER_ADDRESSES)}`;
}
