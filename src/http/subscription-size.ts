import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { OperationContext } from './edge.ts';
import { httpLimits } from './limits.ts';

/**
 * Refuses subscriptions that were asked for at length: text, variables and all else that came with them is kept, in one
 * form or another, until they end. What else there is has gone when it has been answered.
 */
export const subscriptionSize: Plugin<OperationContext> = {
  onSubscribe({ args, setResultAndStopExecution }) {
    const { requestLength } = args.contextValue as OperationContext;
    if (requestLength <= httpLimits.subscriptionLengthMax) return;
    const message = `A subscription may be asked for with at most ${httpLimits.subscriptionLengthMax} bytes, variables included.`;
    const extensions = { code: 'QUERY_TOO_COMPLEX', http: { status: 400, spec: true } };
    setResultAndStopExecution({ errors: [new GraphQLError(message, { extensions })] });
  },
};
