import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import type { Services } from '../context.ts';

/** Name of the plugin in the list of the schema builder. */
export const refuseMutations = 'refuseMutations';

/**
 * Mutations that work while writes are off, because they write nothing to PostgreSQL: tokens are signed, and places in a
 * waiting room are in Redis. Joining may need new numbers from PostgreSQL; then it is refused there.
 */
const worksReadOnly = new Set(['startGuestSession', 'joinWaitingRoom', 'claimAdmission', 'leaveWaitingRoom']);

type Resolver = GraphQLFieldResolver<unknown, object, object>;

/**
 * Refuses mutations at once while writes are off. The plugin comes after the errors plugin, which makes ReadOnlyError a member
 * of the result union if the field has one, and after authorization.
 */
class RefuseMutationsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(resolve: Resolver, { parentType, name }: PothosOutputFieldConfig<Types>): Resolver {
    if (parentType !== 'Mutation' || worksReadOnly.has(name)) return resolve;
    return (root, args, ctx, info): unknown => {
      const { service } = ctx as Pick<Services, 'service'>;
      if (!service.areOn) throw service.refusal(); // guard: mutation-refused-while-read-only
      return resolve(root, args, ctx, info);
    };
  }
}

SchemaBuilder.registerPlugin(refuseMutations, RefuseMutationsPlugin);

declare global {
  // oxlint-disable-next-line typescript/no-namespace -- Pothos takes the types of plugins from this namespace.
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      refuseMutations: RefuseMutationsPlugin<Types>;
    }
  }
}
