import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import type { GraphQLContext } from '../context.ts';

/**
 * Returns the `select` or `include` of a Prisma query that loads the selected fields, so that they need no queries of their
 * own. `path` leads from the field to the rows. `typeName` is their type if the field's type is an interface or a union.
 */
export function getPrismaSelection(
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  where: { readonly path?: string[]; readonly typeName?: string },
): object {
  return queryFromInfo({ context: ctx, info, ...where });
}
