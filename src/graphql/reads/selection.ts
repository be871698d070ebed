import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import type { GraphQLContext } from '../schema/context.ts';

/**
 * What a Prisma query has to include so that the fields asked for need no query of their own. `path` leads from the
 * field to the rows; `typeName` names their type where the field's is an interface or a union.
 */
export function selectionFor(
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  where: { readonly path?: string[]; readonly typeName?: string },
): object {
  return queryFromInfo({ context: ctx, info, ...where });
}
