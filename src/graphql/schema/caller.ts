import type { Viewer } from '../../identity/viewer.ts';
import type { GraphQLContext } from './context.ts';
import { unauthenticated } from './errors.ts';

/**
 * Who is calling, for fields that need to know.
 *
 * @throws {GraphQLError} UNAUTHENTICATED.
 */
export function callerOf({ viewer }: GraphQLContext): Viewer {
  if (viewer === null) throw unauthenticated();
  return viewer;
}
