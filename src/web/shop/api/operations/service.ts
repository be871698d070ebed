// Printed by `npm run docs` from service.graphql. Never edited by hand.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
import { gql } from 'urql';
export type ServiceMode =
  | 'NORMAL'
  | 'READ_ONLY';

export type ServiceUpdatesSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type ServiceUpdatesSubscription = { serviceUpdates: { mode: ServiceMode } };


export const ServiceUpdatesDocument = gql`
    subscription ServiceUpdates {
  serviceUpdates {
    mode
  }
}
    ` as unknown as DocumentNode<ServiceUpdatesSubscription, ServiceUpdatesSubscriptionVariables>;