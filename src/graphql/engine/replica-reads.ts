import { OperationTypeNode } from 'graphql';
import type { Database } from '../../platform/database/db.ts';
import type { Caller } from './caller.ts';
import type { MaybePromise } from './execution/maybe-promise.ts';

interface QueryContext extends Pick<Caller, 'viewer'> {
  /** Missing in tests of the engine alone. */
  readonly database?: Database;
}

/**
 * Lets a query read from a replica, all of its reads from the same one. Mutations and subscriptions read from the primary: they
 * decide something, or show what has just changed.
 */
export function chooseReads<C extends object>(type: OperationTypeNode, context: C): MaybePromise<C> {
  const { database, viewer } = context as QueryContext;
  if (database?.replicas.isConfigured !== true) return context;
  if (type !== OperationTypeNode.QUERY) return context; // guard: only-queries-from-replicas
  return database.replicas
    .clientFor(viewer !== null)
    .then((reads) => ({ ...context, database: { ...database, reads } }));
}
