import type { ApiRoles } from '../platform/config/api-roles.ts';
import type { PoolSizes } from '../platform/database/db.ts';

/**
 * Without queries and mutations, nothing uses the pools of batches and long writes, so that they never connect. Reads are
 * those of snapshots, missed changes and polls for versions, which all sockets share.
 */
const socketPoolSizes: PoolSizes = { batches: 1, reads: 4, worker: 1 };

/** Returns the maximum sizes of the pools of an API process; undefined for the default. */
export function getPoolSizes(roles: ApiRoles): PoolSizes | undefined {
  return roles.has('http') ? undefined : socketPoolSizes; // guard: pools-by-role
}
