import { parseHoldRequestId } from '../../../platform/ids.ts';
import { notFound } from '../../engine/errors/graphql-error.ts';
import { builder } from '../../schema/builder.ts';

builder.subscriptionField('holdRequestUpdates', (t) =>
  t.withAuth({ viewer: true }).field({
    type: 'HoldRequest',
    description:
      'Sends a request of the caller: its current state first, then its place when it changes, and last its outcome. The stream ends after the outcome. If the server has lost the request, the stream ends with a NOT_FOUND error: call `requestHold` again with the same key.',
    args: { holdRequestId: t.arg.id({ required: true, description: 'The ID of the request.' }) },
    subscribe: async (_root, { holdRequestId }, ctx) => {
      const key = parseHoldRequestId(holdRequestId);
      if (key === null) throw notFound('hold request');
      const { eventId, requestId } = key;
      const request = await ctx.requestReads.read(eventId, requestId);
      // guard: hold-request-updates-owner
      if (request?.buyerId !== ctx.viewer.userId) throw notFound('hold request');
      return ctx.requestUpdates.subscribe(request);
    },
    resolve: (update) => {
      if ('failure' in update) throw update.failure;
      return update.request;
    },
  }),
);
