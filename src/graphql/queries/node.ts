import { builder } from '../builder.ts';
import { readNodes } from '../reads/nodes.ts';

builder.queryField('node', (t) =>
  t.field({
    type: builder.nodeInterfaceRef(),
    nullable: true,
    description: 'Anything by its id; null where there is nothing, or nothing for the caller to see.',
    args: { id: t.arg.id({ required: true, description: 'The id of anything.' }) },
    resolve: async (_root, { id }, ctx, info) => (await readNodes([id], ctx, info))[0] ?? null,
  }),
);
