/** The channel of an event. The braces make it, and every key of the event, one Redis Cluster slot. */
export function eventTopic(eventId: number): string {
  return `event:{${eventId}}:changes`;
}

/** Holds the last version of the event that was published (watermarks.ts). */
export function watermarkKey(eventId: number): string {
  return `event:{${eventId}}:published`;
}
