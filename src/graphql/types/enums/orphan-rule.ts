import { builder } from '../../schema/builder.ts';

export const OrphanRule = builder.enumType('OrphanRule', {
  description:
    'Whether buyers may isolate a single free seat: leave it between taken seats, or between a taken seat and the end of the row or an aisle.',
  values: {
    ALLOW: { description: 'Any available seats can be held.' },
    FORBID: {
      description:
        'A choice that isolates a single seat returns OrphanSeatsError. It is allowed if it cannot be avoided: the run of adjacent free seats is exactly one longer than the choice.',
    },
  } as const,
});
