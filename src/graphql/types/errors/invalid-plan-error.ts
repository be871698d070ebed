import { InvalidPlanError } from '../../../catalog/errors.ts';
import type { PlanFault as Fault } from '../../../catalog/seating-plan/seating-plan.ts';
import { builder } from '../../schema/builder.ts';
import { ErrorInterface } from '../error.ts';

const PlanFault = builder.objectRef<Fault>('PlanFault').implement({
  description: 'An error in a seating plan.',
  fields: (t) => ({
    path: t.exposeString('path', {
      description:
        'The position in the file, such as "zones[2].rows[0].seats[14].seat_guid". "$" is the whole file.',
    }),
    message: t.exposeString('message', { description: 'What is wrong, and how to fix it.' }),
  }),
});

builder.objectType(InvalidPlanError, {
  name: 'InvalidPlanError',
  description: 'The seating plan has errors. Nothing was imported.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    field: t.exposeString('field', { description: 'The input field that contains the plan.' }),
    faults: t.field({
      type: [PlanFault],
      description: 'The errors in the plan. At most 100 are returned.',
      resolve: ({ faults }) => faults,
    }),
    faultCount: t.exposeInt('faultCount', { description: 'The total number of errors in the plan.' }),
  }),
});
