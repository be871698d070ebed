import type { ExecutionResult } from 'graphql';
import type { SharedSubscriptions } from '../fanout/shared-subscriptions.ts';
import type { Consumer } from '../fanout/subscriber.ts';
import type { ReadyOperation } from '../graphql/engine/operation.ts';
import type { Results } from '../graphql/engine/subscription.ts';

/**
 * Starts a subscription. If its operation and its source can be shared, the fan-out sends the messages to the consumer, and
 * the results are empty. Otherwise the results are those of this subscription alone. Never rejects: returns a result with
 * errors if the subscription could not start.
 */
export async function startSubscription(
  operation: ReadyOperation,
  shared: SharedSubscriptions,
  consumer: Consumer,
): Promise<ExecutionResult | Results> {
  const subscription = await operation.subscribe();
  if (!('source' in subscription)) return subscription;
  const sharedResults =
    operation.shared === null ? null : shared.subscribe(operation.shared, subscription.source, consumer);
  return subscription.results(sharedResults);
}
