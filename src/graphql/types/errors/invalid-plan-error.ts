import { InvalidPlanError } from '../../../catalog/errors.ts';
import type { PlanFault as Fault } from '../../../catalog/seating-plan/seating-plan.ts';
import { builder } from '../../builder.ts';
import { ErrorInterface } from '../error.ts';

const PlanFault = builder.objectRef<Fault>('PlanFault').implement({
  description: 'Something that is wrong in a seating plan.',
  fields: (t) => ({
    path: t.exposeString('path', {
      description:
        'Where in the file, such as "zones[2].rows[0].seats[14].seat_guid"; "$" is the whole file.',
    }),
    message: t.exposeString('message', { description: 'What is wrong, and what would be right.' }),
  }),
});

builder.objectType(InvalidPlanError, {
  name: 'InvalidPlanError',
  description: 'The seating plan has faults; nothing of it was imported.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    field: t.exposeString('field', { description: "The input's field that the plan is in." }),
    faults: t.field({
      type: [PlanFault],
      description: 'The faults; the first hundred where there are more.',
      resolve: ({ faults }) => faults,
    }),
    faultCount: t.exposeInt('faultCount', { description: 'How many faults there are in all.' }),
  }),
});
