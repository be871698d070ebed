import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { classifyDbError } from '../../platform/database/db-errors.ts';
import type { GraphQLContext } from '../schema/context.ts';
import { isGraphQLError, rootCause } from '../schema/errors.ts';
import { isFirstOfRequest } from './log-once.ts';

/** A change that stands, whatever becomes of the fields that the client selected on it. */
export interface Commit {
  /** What was done, as a clause: "The booking was confirmed". */
  readonly done: string;
  /** Added to the error's extensions, so that a client can find the result again. */
  readonly ids: Readonly<Record<string, string>>;
}

/** The commits of each operation, by response key: a document may call one mutation under several aliases. */
const commitsByOperation = new WeakMap<object, Map<string, Commit>>();

/** Records that a root field has committed. Call it before anything is read for the response. */
export function recordCommit(ctx: GraphQLContext, info: GraphQLResolveInfo, commit: Commit): void {
  const commits = commitsByOperation.get(ctx) ?? new Map<string, Commit>();
  commitsByOperation.set(ctx, commits.set(String(info.path.key), commit));
}

/**
 * Reports a commit as a commit. If the selected fields of a committed mutation can't be read, the field is null, and
 * its errors become one that says so: "try again" would be wrong advice.
 */
export const committedErrors: Plugin = {
  onExecute({ args }) {
    return {
      onExecuteDone({ result, setResult }) {
        const ctx = args.contextValue as unknown as GraphQLContext;
        const commits = commitsByOperation.get(ctx);
        if (commits === undefined || Symbol.asyncIterator in result || result.errors === undefined) return;
        let errors = result.errors as readonly GraphQLError[];
        for (const [key, commit] of commits) {
          if (result.data?.[key] != null) continue;
          const own = errors.filter(({ path }) => path?.[0] === key);
          const [first] = own;
          if (first === undefined) continue;
          errors = [...errors.filter((error) => !own.includes(error)), unreadError(ctx, first, commit)];
        }
        if (errors !== result.errors) setResult({ ...result, errors }); // guard: committed-errors-reported
      },
    };
  },
};

/** Errors of the client (a page that is too large) keep their code and message; everything else is logged and BUSY. */
function unreadError(ctx: GraphQLContext, error: GraphQLError, { done, ids }: Commit): GraphQLError {
  const cause = rootCause(error);
  const place = { nodes: error.nodes ?? null, path: error.path ?? null };
  const commit = { committed: true, ...ids };
  if (isGraphQLError(cause) && cause.extensions['code'] !== undefined)
    return new GraphQLError(error.message, { ...place, extensions: { ...cause.extensions, ...commit } });
  const level = classifyDbError(cause) === 'permanent' ? 'error' : 'warn';
  const path = error.path?.join('.');
  if (isFirstOfRequest(ctx.requestId, cause))
    ctx.logger[level](
      { err: cause, requestId: ctx.requestId, path, ...ids },
      'committed, but failed to read the result',
    );
  return new GraphQLError(
    `${done}, but the result could not be read. Do not retry; query the object by the ID in the extensions.`,
    {
      ...place,
      extensions: { code: 'BUSY', ...commit },
    },
  );
}
