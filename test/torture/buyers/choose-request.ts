import type { HallHistory, KnownHold } from '../hall-history.ts';
import type { Request } from '../history.ts';
import type { Random } from '../random.ts';

export interface Choice {
  readonly buyerId: string;
  readonly request: Request;
  /** Whether to send it to all nodes at once. Each must return the same. */
  readonly twice: boolean;
}

const HOLD_MAX = 4;

/** Chooses a client's next request: mostly holds that collide, then requests about holds, and mistakes. */
export function chooseRequest(
  random: Random,
  hall: HallHistory,
  buyerIds: readonly string[],
  freshKey: () => string,
): Choice {
  const buyerId = random.pick(buyerIds);
  const once = (request: Request, by = buyerId): Choice => ({ buyerId: by, request, twice: false });
  const kind = random.weighted([
    [52, 'hold'],
    [16, 'confirm'],
    [18, 'release'],
    [8, 'replay'],
    [3, 'conflict'],
    [2, 'foreign'],
  ] as const);
  const hold = hall.holds.length === 0 ? undefined : chooseHold(random, hall);
  const again = hall.succeeded.length === 0 ? undefined : random.pick(hall.succeeded);
  if (kind === 'replay' && again !== undefined) return once(again.request, again.buyerId);
  if (kind === 'conflict' && again?.request.kind === 'hold' && again.request.mode === 'exact')
    return once({ ...again.request, seats: otherSeats(random, hall, again.request.seats) }, again.buyerId);
  if (kind === 'foreign' && hold !== undefined) {
    const other = buyerIds.find((id) => id !== hold.buyerId) ?? buyerId;
    return once({ kind: 'confirm', bookingId: hold.bookingId, key: null }, other);
  }
  const key = random.chance(0.6) ? freshKey() : null;
  if (kind === 'confirm' && hold !== undefined)
    return {
      buyerId: hold.buyerId,
      request: { kind: 'confirm', bookingId: hold.bookingId, key },
      twice: random.chance(0.1),
    };
  if (kind === 'release' && hold !== undefined)
    return {
      buyerId: hold.buyerId,
      request: { kind: 'release', bookingId: hold.bookingId, key: null },
      twice: random.chance(0.05),
    };
  return { buyerId, request: anyHold(random, hall, key), twice: key !== null && random.chance(0.15) };
}

/** Returns mostly the latest hold, sometimes one that expired long ago. */
function chooseHold(random: Random, hall: HallHistory): KnownHold {
  return random.pick(random.chance(0.8) ? hall.holds.slice(-8) : hall.holds);
}

function anyHold(random: Random, hall: HallHistory, key: string | null): Request {
  const request = { ...exactHold(random, hall), key };
  const mode = random.weighted([
    [80, 'exact'],
    [10, 'alternative'],
    [10, 'best'],
  ] as const);
  return mode === 'best' ? { ...request, mode, seats: [] } : { ...request, mode };
}

/** Chooses adjacent seats, more often in the first row; sometimes scattered ones. */
function exactHold(random: Random, hall: HallHistory): Extract<Request, { kind: 'hold' }> {
  const quantity = random.whole(1, HOLD_MAX);
  const last = random.chance(0.4) ? 9 : hall.seatCount - 1;
  const first = random.whole(0, last - quantity + 1);
  const beside = Array.from({ length: quantity }, (_, i) => first + i);
  const scattered = beside.map((seat) => (random.chance(0.2) ? random.whole(0, hall.seatCount - 1) : seat));
  const seats = [...new Set(scattered)].sort((a, b) => a - b);
  return { kind: 'hold', mode: 'exact', quantity: seats.length, seats, key: null };
}

/** Chooses as many seats. In rare cases they are the same ones, and the call is a repetition. */
function otherSeats(random: Random, hall: HallHistory, seats: readonly number[]): readonly number[] {
  const shift = random.whole(1, hall.seatCount - 1);
  return seats.map((seat) => (seat + shift) % hall.seatCount).sort((a, b) => a - b);
}
