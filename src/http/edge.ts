import type { GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Viewer } from '../identity/viewer.ts';

/** Who asks, and under which id the logs tell of it. */
export interface Caller {
  readonly viewer: Viewer | null;
  readonly requestId: string;
}

/** What GraphQL operations are executed with; main puts it together. The same for HTTP, SSE and WebSocket. */
export interface GraphQLEdge {
  readonly schema: GraphQLSchema;
  readonly plugins: readonly Plugin[];
  /** What a client may see of an error. */
  maskError(error: unknown, requestId: string): Error;
  /** The context of one operation. */
  contextFor(caller: Caller): object;
}
