import { OperationTypeNode } from 'graphql';
import type { ApiRoles } from '../platform/config/api-roles.ts';
import { RequestError } from '../platform/request-error.ts';

/** Returns whether a process with these roles executes operations of this type, on any transport. */
export function isServed(roles: ApiRoles, type: OperationTypeNode): boolean {
  return roles.has(type === OperationTypeNode.SUBSCRIPTION ? 'sockets' : 'http');
}

/** The balancer sent the operation to a process with another role. It was not executed. */
export class MisdirectedError extends RequestError {
  constructor(type: OperationTypeNode) {
    super(421, 'MISDIRECTED', explain(type));
  }
}

function explain(type: OperationTypeNode): string {
  return type === OperationTypeNode.SUBSCRIPTION
    ? 'This server executes no subscriptions. Request them over a WebSocket, or with `Accept: text/event-stream`, at the public address.'
    : 'This server executes subscriptions only. Send queries and mutations over HTTP, with `Accept: application/json`, at the public address.';
}
