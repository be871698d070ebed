/** The channel of an event. The braces make it, and every key of the event, one Redis Cluster slot. */
export function eventTopic(eventId: number): string {
  return `event:{${eventId}}:changes`;
}
