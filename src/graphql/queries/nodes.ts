import { builder } from '../builder.ts';
import { badUserInput } from '../errors.ts';
import { PAGE_MAX } from '../pagination/page-args.ts';
import { readNodes } from '../reads/nodes.ts';

builder.queryField('nodes', (t) =>
  t.field({
    type: [builder.nodeInterfaceRef()],
    nullable: { list: false, items: true },
    description: `Up to ${PAGE_MAX} things by their ids, in the order of the ids; null for each that \`node\` has none for.`,
    args: { ids: t.arg.idList({ required: true, description: `At most ${PAGE_MAX} ids.` }) },
    complexity: ({ ids }) => ({ field: 1, multiplier: Math.min(ids.length, PAGE_MAX) }),
    resolve: async (_root, { ids }, ctx, info) => {
      if (ids.length > PAGE_MAX) throw badUserInput(`ids must be at most ${PAGE_MAX}, not ${ids.length}.`);
      return readNodes(ids, ctx, info);
    },
  }),
);
