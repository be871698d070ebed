import { Counter, Gauge, Histogram } from 'prom-client';
import { registry } from './registry.ts';

const registers = [registry];

/** Live maps: feeds, subscribers and what is sent to them. */
export const liveMetrics = {
  feedSubscribers: new Gauge({
    name: 'sellout_feed_subscribers',
    help: 'Subscribers of live feeds in this process. All subscribers that share executions of one event count as one.',
    registers,
  }),
  feedChanges: new Counter({
    name: 'sellout_feed_changes_total',
    help: 'Changes that live feeds applied. Divided by sellout_feed_messages_total, the coalescing ratio.',
    registers,
  }),
  feedMessages: new Counter({
    name: 'sellout_feed_messages_total',
    help: 'Messages of changes that live feeds made of the changes that they applied.',
    registers,
  }),
  feedGaps: new Counter({
    name: 'sellout_feed_gaps_total',
    help: 'Times that a live feed missed a change, and the change did not arrive late.',
    registers,
  }),
  feedRepairs: new Counter({
    name: 'sellout_feed_repairs_total',
    help: 'Live feeds repaired from PostgreSQL, by what was read: changes (the record of changes) or map (the whole map).',
    labelNames: ['from'],
    registers,
  }),
  commitToSocketSeconds: new Histogram({
    name: 'sellout_commit_to_socket_seconds',
    help: 'Time from COMMIT of the oldest change in a message until it was written to the last socket of this process, on the clock of the database.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  }),
  sharedSubscribers: new Gauge({
    name: 'sellout_shared_subscribers',
    help: 'Subscribers of live seat maps that share executions.',
    registers,
  }),
  sharedExecutions: new Counter({
    name: 'sellout_shared_executions_total',
    help: 'Executions of a seat map message, each shared by all subscribers of one operation.',
    registers,
  }),
  sharedFrames: new Counter({
    name: 'sellout_shared_frames_total',
    help: 'Messages sent to subscribers of live seat maps.',
    registers,
  }),
  sharedFrameBytes: new Counter({
    name: 'sellout_shared_frame_bytes_total',
    help: 'Bytes of these messages, without the few bytes that frame each of them.',
    registers,
  }),
  resyncs: new Counter({
    name: 'sellout_resyncs_total',
    help: 'Subscribers that were sent a snapshot because they could not continue, by reason: slow_consumer, or overrun (the messages are no longer in memory).',
    labelNames: ['reason'],
    registers,
  }),
  slowConsumersSkipped: new Counter({
    name: 'sellout_slow_consumers_skipped_total',
    help: 'Times that a slow consumer missed messages and received a snapshot later.',
    registers,
  }),
  slowConsumersClosed: new Counter({
    name: 'sellout_slow_consumers_closed_total',
    help: 'Connections closed because the consumer was slow for too long.',
    registers,
  }),
  unsentBytes: new Gauge({
    name: 'sellout_unsent_bytes',
    help: 'Unsent bytes buffered for WebSockets and event streams.',
    registers,
  }),
  unsentBytesMost: new Gauge({
    name: 'sellout_unsent_bytes_max',
    help: 'Unsent bytes of the connection with the fullest send buffer.',
    registers,
  }),
  publishFailures: new Counter({
    name: 'sellout_publish_failures_total',
    help: 'Committed changes that could not be published to Redis.',
    registers,
  }),
  republished: new Counter({
    name: 'sellout_changes_republished_total',
    help: 'Changes that the worker published because the API process had not.',
    registers,
  }),
} as const;
