import { builder } from '../../schema/builder.ts';
import { Service } from '../../schema/operating/service.ts';

builder.queryField('service', (t) =>
  t.field({
    type: Service,
    description: 'The state of the service; no token is required.',
    resolve: (_root, _args, { service }) => service.latest.current,
  }),
);
