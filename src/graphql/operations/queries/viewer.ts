import { builder } from '../../schema/builder.ts';
import { Viewer } from '../../schema/viewer.ts';

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    nullable: true,
    description: 'The authenticated caller. Null if the request has no token.',
    resolve: (_root, _args, { viewer }) => viewer,
  }),
);
