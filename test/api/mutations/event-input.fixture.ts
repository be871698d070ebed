import { encodeId } from '../../../src/platform/ids.ts';
import type { Hall } from '../../support/hall.ts';

/** Returns an input of createEvent: another event in the hall, with its single price. */
export const eventInputFor = (hall: Hall) => ({
  venueId: encodeId('Venue', hall.venueId),
  name: 'Opening',
  startsAt: '2040-01-02T20:00:00Z',
  onSaleAt: '2026-01-01T00:00:00Z',
  seatLimit: 2,
  currency: 'EUR',
  priceTiers: [{ category: 'Standard', amount: 1_234 }],
});
