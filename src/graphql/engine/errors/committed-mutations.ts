import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { classifyDbError } from '../../../platform/database/db-errors.ts';
import { getRootCause, isGraphQLError } from './graphql-error.ts';
import { logOncePerRequest, type RequestLog } from './log-once-per-request.ts';

/** A committed change. It is final, even if the fields that the client selected on it cannot be read. */
export interface Commit {
  /** The change as a clause, such as "The booking was confirmed". */
  readonly done: string;
  /** IDs for the extensions of the error, by which the client can query the result. */
  readonly ids: Readonly<Record<string, string>>;
}

/** The commits of each operation by response key, since a document may call one mutation under several aliases. */
const commitsByOperation = new WeakMap<object, Map<string, Commit>>();

/** Records that a root field has committed. Call it before reading anything for the response. */
export function recordCommit(ctx: object, info: GraphQLResolveInfo, commit: Commit): void {
  const commits = commitsByOperation.get(ctx) ?? new Map<string, Commit>();
  commitsByOperation.set(ctx, commits.set(String(info.path.key), commit));
}

/**
 * Reports commits whose result could not be read. The field is then null, and its errors are replaced by one that says
 * that the change was committed, so that the client does not retry.
 */
export const reportCommits: Plugin = {
  onExecute({ args }) {
    return {
      onExecuteDone({ result, setResult }) {
        const ctx = args.contextValue as unknown as RequestLog;
        const commits = commitsByOperation.get(ctx);
        if (commits === undefined || Symbol.asyncIterator in result || result.errors === undefined) return;
        let errors = result.errors as readonly GraphQLError[];
        for (const [key, commit] of commits) {
          if (result.data?.[key] != null) continue;
          const own = errors.filter(({ path }) => path?.[0] === key);
          const [first] = own;
          if (first === undefined) continue;
          errors = [...errors.filter((error) => !own.includes(error)), createUnreadError(ctx, first, commit)];
        }
        if (errors !== result.errors) setResult({ ...result, errors }); // guard: committed-errors-reported
      },
    };
  },
};

/** Keeps the code and message of client errors, such as a page that is too large. Everything else is logged and BUSY. */
function createUnreadError(ctx: RequestLog, error: GraphQLError, { done, ids }: Commit): GraphQLError {
  const cause = getRootCause(error);
  const location = { nodes: error.nodes ?? null, path: error.path ?? null };
  const commit = { committed: true, ...ids };
  if (isGraphQLError(cause) && cause.extensions['code'] !== undefined)
    return new GraphQLError(error.message, { ...location, extensions: { ...cause.extensions, ...commit } });
  const level = classifyDbError(cause) === 'permanent' ? 'error' : 'warn';
  const fields = { path: error.path?.join('.'), ...ids };
  logOncePerRequest(ctx, level, cause, 'committed, but failed to read the result', fields);
  return new GraphQLError(
    `${done}, but the result could not be read. Do not retry; query the object by the ID in the extensions.`,
    {
      ...location,
      extensions: { code: 'BUSY', ...commit },
    },
  );
}
