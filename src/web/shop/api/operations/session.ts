// Printed by `npm run docs` from session.graphql. Never edited by hand.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
import { gql } from 'urql';
export type StartGuestSessionMutationVariables = Exact<{ [key: string]: never; }>;


export type StartGuestSessionMutation = { startGuestSession: { token: string, expiresAt: string } | null };


export const StartGuestSessionDocument = gql`
    mutation StartGuestSession {
  startGuestSession {
    token
    expiresAt
  }
}
    ` as unknown as DocumentNode<StartGuestSessionMutation, StartGuestSessionMutationVariables>;