import { builder } from '../builder.ts';
import { Viewer } from '../types/viewer.ts';

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    nullable: true,
    description: 'Who is calling; null without a token.',
    resolve: (_root, _args, { viewer }) => viewer,
  }),
);
