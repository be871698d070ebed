import { builder } from '../../builder.ts';

export const OrphanRule = builder.enumType('OrphanRule', {
  description:
    'Whether buyers may choose seats so that a single free seat is left between taken ones, or between one and the end of a row or an aisle.',
  values: {
    ALLOW: { description: 'Any free seats can be held.' },
    FORBID: {
      description:
        'A choice that leaves a single seat alone is an OrphanSeatsError, unless it cannot be helped: where just one more seat is free side by side than is taken.',
    },
  } as const,
});
