import { builder } from '../../builder.ts';

export const HoldConflictPolicy = builder.enumType('HoldConflictPolicy', {
  description: 'What to do when a seat that was asked for is not free.',
  values: {
    FAIL: { description: 'Hold nothing and say which seats are taken.' },
    BEST_ALTERNATIVE: {
      description:
        'Take as many seats instead, as near as possible to those asked for and side by side where there are such, in the same step.',
    },
  } as const,
});
