import { readNodes } from '../../reads/nodes.ts';
import { builder } from '../../schema/builder.ts';

builder.queryField('node', (t) =>
  t.field({
    type: builder.nodeInterfaceRef(),
    nullable: true,
    description:
      'Returns an object by its ID. Null if the object does not exist or is not visible to the caller.',
    args: { id: t.arg.id({ required: true, description: 'The ID of the object.' }) },
    resolve: async (_root, { id }, ctx, info) => (await readNodes([id], ctx, info))[0] ?? null,
  }),
);
