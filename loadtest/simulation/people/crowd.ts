import type { Random } from '../../../test/torture/random.ts';
import type { Sale } from '../sale/sale.ts';
import type { Course } from '../sale/schedule.ts';
import { visit } from './buyer.ts';
import type { Origin } from './client.ts';
import { drawExponential } from './draws.ts';

/** Share of buyers who are behind one address with others: half in groups, half behind a carrier's address. */
const SHARED_ADDRESS = 0.1;
/** Share of buyers with an address of their own in the network of a mobile carrier. */
const MOBILE = 0.3;
const MOBILE_PER_NETWORK = 40;
const HOMES_PER_NETWORK = 3;
/** Buyers who have a second identity: another device or browser. */
const SECOND_IDENTITY = 0.03;
const RETRY_SESSION_MS = 10_000;

interface Crowd {
  readonly buyers: number;
  /** Share of buyers who arrive in the rush, soon after the opening; the others come at any time. */
  readonly rush: number;
  readonly meanRushMs: number;
  readonly windowMs: number;
  /** Factor of the shares of buyers who behave as bots do, in some way. */
  readonly unrest: number;
}

/** Starts the visits of all buyers of a sale. */
export function startCrowd(sale: Sale, crowd: Crowd, random: Random): void {
  let left = crowd.buyers;
  let sharing = Math.round(crowd.buyers * SHARED_ADDRESS);
  let groups = 0;
  const start = (origin: Origin, arrivesAtMs: number) => {
    const person = `buyer ${left--}`;
    const identities = random.chance(SECOND_IDENTITY) ? 2 : 1;
    for (let i = 0; i < identities; i++)
      sale.schedule.start(arrive(sale, origin, person, crowd.unrest, random.fork()), arrivesAtMs);
  };
  while (sharing > 0) {
    const isCarrier = random.chance(0.35);
    const size = Math.min(sharing, isCarrier ? random.whole(5, 40) : random.whole(2, 30));
    sharing -= size;
    groups++;
    const network = isCarrier ? `carrier ${random.whole(1, Math.ceil(groups / 4))}` : `office ${groups}`;
    const origin = { network, address: `${network}, shared ${groups}` };
    // A group, such as a class, comes at the same time.
    const together = drawArrival(crowd, random);
    for (let i = 0; i < size; i++)
      start(origin, isCarrier ? drawArrival(crowd, random) : together + drawExponential(random, 15_000));
  }
  const networks = {
    mobile: Math.ceil((MOBILE * crowd.buyers) / MOBILE_PER_NETWORK),
    home: Math.ceil(((1 - MOBILE - SHARED_ADDRESS) * crowd.buyers) / HOMES_PER_NETWORK),
  };
  while (left > 0) {
    const where = random.chance(MOBILE / (1 - SHARED_ADDRESS)) ? 'mobile' : 'home';
    const network = `${where} ${random.whole(1, networks[where])}`;
    start({ network, address: `${network}, own ${left}` }, drawArrival(crowd, random));
  }
}

/** Returns a network in which buyers are, for bots that hide among them. */
export function pickBuyerNetwork(buyers: number, random: Random): string {
  return `mobile ${random.whole(1, Math.ceil((MOBILE * buyers) / MOBILE_PER_NETWORK))}`;
}

function drawArrival({ rush, meanRushMs, windowMs }: Crowd, random: Random): number {
  return random.chance(rush) ? drawExponential(random, meanRushMs) : random.next() * windowMs;
}

function* arrive(sale: Sale, origin: Origin, person: string, unrest: number, random: Random): Course {
  let client = sale.startSession(origin, person, 'buyer');
  while (client === null) {
    yield RETRY_SESSION_MS;
    client = sale.startSession(origin, person, 'buyer');
  }
  yield drawExponential(random, 5_000);
  yield* visit(sale, client, unrest, random);
}
