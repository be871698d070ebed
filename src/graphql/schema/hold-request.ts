import { brandWithType } from '@pothos/core';
import type { HoldRequestState } from '../../booking/requests/read-requests.ts';
import { OrphanSeatsError, toSelloutError } from '../../booking/rules/errors.ts';
import { AdmissionRequiredError, IdempotencyConflictError } from '../../platform/errors.ts';
import { encodeHoldRequestId } from '../../platform/ids.ts';
import type { GraphQLContext } from '../context.ts';
import { Booking } from './booking.ts';
import { builder } from './builder.ts';
import { commonErrors, HoldSeatsResult } from './mutation-results.ts';

const HoldRequestStatus = builder.enumType('HoldRequestStatus', {
  description: 'The status of a queued hold. All but QUEUED are final.',
  values: {
    QUEUED: { description: 'The request waits in the queue.' },
    DONE: { description: 'The seats are held: `result` is the booking.' },
    REFUSED: { description: 'The seats are not held: `result` is the error.' },
    EXPIRED: {
      description:
        'The request was not decided within 30 seconds, and nothing was held. Request again with a new key.',
    },
  } as const,
});

builder.objectType('HoldRequest', {
  description:
    'A hold that was requested with `requestHold` or `requestHoldBestAvailable`. Visible to its buyer for two days.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, globally unique identifier.',
      resolve: ({ eventId, requestId }) => encodeHoldRequestId(eventId, requestId),
    }),
    status: t.field({
      type: HoldRequestStatus,
      description: 'The status of the request.',
      resolve: ({ state }) => state.status,
    }),
    ahead: t.int({
      nullable: true,
      description: 'The number of requests that are decided before this one. Null unless QUEUED.',
      resolve: ({ state }) => (state.status === 'QUEUED' ? state.ahead : null),
    }),
    result: t.field({
      type: HoldSeatsResult,
      nullable: true,
      description: 'What came of the request. Null unless DONE or REFUSED.',
      resolve: async ({ eventId, state }, _args, ctx) => {
        if (state.status === 'REFUSED') throw await toError(ctx, eventId, state.refusal);
        return state.status === 'DONE' ? Booking.addBrand(state.booking) : null;
      },
    }),
  }),
});

type Refusal = Extract<HoldRequestState['state'], { readonly status: 'REFUSED' }>['refusal'];

async function toError({ bestAvailable }: GraphQLContext, eventId: number, refusal: Refusal): Promise<Error> {
  if (refusal.code !== 'ORPHAN_SEATS') return toSelloutError(eventId, refusal);
  const { orphans, seats } = refusal;
  return new OrphanSeatsError(eventId, orphans, await bestAvailable.alternatives(eventId, seats));
}

/** Result of `requestHold` and `requestHoldBestAvailable`. */
export const RequestHoldResult = builder.errorUnion('RequestHoldResult', {
  description: 'The queued request, or the error that kept it out of the queue.',
  types: ['HoldRequest', IdempotencyConflictError, AdmissionRequiredError, ...commonErrors],
});

/** Marks the type of a request, for a result union. */
export function toRequestResult(request: HoldRequestState): HoldRequestState {
  brandWithType(request, 'HoldRequest' as never);
  return request;
}
