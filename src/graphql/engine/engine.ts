import type { GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Viewer } from '../../identity/viewer.ts';
import type { Park } from '../../seating/live/seat-updates.ts';

/** Who asks, and under which id the logs tell of it. */
export interface Caller {
  readonly viewer: Viewer | null;
  readonly requestId: string;
  /** Where the transport can serve a subscription together with others. */
  readonly park?: Park | undefined;
}

/** What an operation's context is made from, on every transport. */
export interface OperationContext {
  readonly caller: Caller;
}

/** What GraphQL operations are executed with; main puts it together. The same for HTTP, SSE and WebSocket. */
export interface GraphQLEdge {
  readonly schema: GraphQLSchema;
  readonly plugins: readonly Plugin[];
  /** What a client may see of an error. */
  maskError(error: unknown, requestId: string): Error;
  /** The context of one operation. */
  contextFor(caller: Caller): object;
  /** The context of an execution that serves many callers. It has nothing of any of them. */
  readonly sharedContext: object;
}
