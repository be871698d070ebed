import { badUserInput } from '../../engine/errors/graphql-error.ts';
import { readNodes } from '../../reads/nodes.ts';
import { PAGE_MAX } from '../../reads/pagination.ts';
import { builder } from '../../schema/builder.ts';

builder.queryField('nodes', (t) =>
  t.field({
    type: [builder.nodeInterfaceRef()],
    nullable: { list: false, items: true },
    description: `Returns up to ${PAGE_MAX} objects in the order of \`ids\`. An entry is null if its object does not exist or is not visible to the caller.`,
    args: {
      ids: t.arg.idList({ required: true, description: `The IDs of the objects: at most ${PAGE_MAX}.` }),
    },
    complexity: ({ ids }) => ({ field: 1, multiplier: Math.min(ids.length, PAGE_MAX) }),
    resolve: async (_root, { ids }, ctx, info) => {
      if (ids.length > PAGE_MAX)
        throw badUserInput(`ids must contain at most ${PAGE_MAX} IDs, not ${ids.length}.`);
      return readNodes(ids, ctx, info);
    },
  }),
);
