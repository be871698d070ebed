import { subscriptionExchange, type Exchange } from '@urql/core';
import type { Client } from 'graphql-ws';

/** urql's subscriptions over graphql-ws, as in urql's documentation. */
export function overSocket(socket: Client): Exchange {
  return subscriptionExchange({
    forwardSubscription: ({ query = '', variables }) => ({
      subscribe: (sink) => ({
        unsubscribe: socket.subscribe(
          { query, variables: variables as Record<string, unknown> },
          sink as never,
        ),
      }),
    }),
  });
}
