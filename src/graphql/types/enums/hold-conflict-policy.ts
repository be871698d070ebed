import { builder } from '../../schema/builder.ts';

export const HoldConflictPolicy = builder.enumType('HoldConflictPolicy', {
  description: 'What to do if a requested seat is not available.',
  values: {
    FAIL: { description: 'Hold nothing and return SeatsUnavailableError with the seats that are taken.' },
    BEST_ALTERNATIVE: {
      description:
        'Hold the nearest block of as many adjacent seats instead, in the price tiers of the requested seats. If there is no such block, return SeatsUnavailableError.',
    },
  } as const,
});
