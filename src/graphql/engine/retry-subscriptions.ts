import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import type { Services } from '../context.ts';

/** Name of the plugin in the list of the schema builder. */
export const retrySubscriptions = 'retrySubscriptions';

type Subscriber = GraphQLFieldResolver<unknown, object>;

/** Lets every new subscription wait for the primary during a failover. The plugin comes after authorization. */
class RetrySubscriptionsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapSubscribe(
    subscribe: Subscriber | undefined,
    _field: PothosOutputFieldConfig<Types>,
  ): Subscriber | undefined {
    if (subscribe === undefined) return undefined;
    return (root, args, ctx, info): unknown => {
      const { database } = ctx as Pick<Services, 'database'>;
      return database.failover.retry(async () => subscribe(root, args, ctx, info));
    };
  }
}

SchemaBuilder.registerPlugin(retrySubscriptions, RetrySubscriptionsPlugin);

declare global {
  // oxlint-disable-next-line typescript/no-namespace -- Pothos takes the types of plugins from this namespace.
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      retrySubscriptions: RetrySubscriptionsPlugin<Types>;
    }
  }
}
