import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/*
 * Prometheus metrics, in one registry per process. With `npm start`, API and worker share a process and its registry.
 */
const registry = new Registry();
const registers = [registry];

export const metrics = {
  batches: new Counter({
    name: 'sellout_batches_total',
    help: 'Booking batches by outcome: committed, retried (rolled back; the next batch takes the commands), or failed.',
    labelNames: ['outcome'],
    registers,
  }),
  batchCommands: new Histogram({
    name: 'sellout_batch_commands',
    help: 'Number of commands in a booking batch.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
    registers,
  }),
  batchSeconds: new Histogram({
    name: 'sellout_batch_seconds',
    help: 'Duration of a booking batch, not including retries.',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    registers,
  }),
  batchStepSeconds: new Histogram({
    name: 'sellout_batch_step_seconds',
    help: 'Duration of each step of a booking batch; `locked` is the wait for row locks.',
    labelNames: ['step'],
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
    registers,
  }),
  commands: new Counter({
    name: 'sellout_commands_total',
    help: 'Booking commands by kind and outcome: done, a refusal code, or an error code.',
    labelNames: ['kind', 'outcome'],
    registers,
  }),
  groupCommitWaiting: new Gauge({
    name: 'sellout_group_commit_waiting',
    help: 'Booking commands that are submitted but not yet completed.',
    registers,
  }),
  holdsExpired: new Counter({
    name: 'sellout_holds_expired_total',
    help: 'Overdue holds that the worker expired.',
    registers,
  }),
  feedFollowers: new Gauge({
    name: 'sellout_feed_followers',
    help: 'Subscribers of live seat maps in this process.',
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
  slowConsumersSkipped: new Counter({
    name: 'sellout_readers_skipped_total',
    help: 'Times that a slow consumer missed messages and received a snapshot later.',
    registers,
  }),
  slowConsumersClosed: new Counter({
    name: 'sellout_readers_closed_total',
    help: 'Connections closed because the consumer was slow for too long.',
    registers,
  }),
  unsentBytes: new Gauge({
    name: 'sellout_unsent_bytes',
    help: 'Unsent bytes buffered for WebSockets and event streams.',
    registers,
  }),
  unsentBytesMost: new Gauge({
    name: 'sellout_unsent_bytes_most',
    help: 'Unsent bytes of the connection with the fullest send buffer.',
    registers,
  }),
  feedRepairs: new Counter({
    name: 'sellout_feed_repairs_total',
    help: 'Live seat maps repaired from PostgreSQL after a missed change.',
    registers,
  }),
  publishFailures: new Counter({
    name: 'sellout_publish_failures_total',
    help: 'Committed changes that could not be published to Redis.',
    registers,
  }),
  republished: new Counter({
    name: 'sellout_republished_total',
    help: 'Changes that the worker published because the API process had not.',
    registers,
  }),
  httpRequests: new Counter({
    name: 'sellout_http_requests_total',
    help: 'HTTP requests by status class. Requests that ended before a response are `aborted`.',
    labelNames: ['status'],
    registers,
  }),
  tokensUnchecked: new Counter({
    name: 'sellout_tokens_unchecked_total',
    help: "Tokens that could not be verified because the identity provider's keys could not be fetched.",
    registers,
  }),
  clientMemoryBytes: new Gauge({
    name: 'sellout_client_memory_bytes',
    help: 'Estimated memory that running operations of clients retain, in bytes.',
    registers,
  }),
  requestsRefused: new Counter({
    name: 'sellout_requests_refused_total',
    help: 'Requests and operations refused before execution, by reason.',
    labelNames: ['reason'],
    registers,
  }),
  invariantBreaches: new Gauge({
    name: 'sellout_invariant_breaches',
    help: 'Rows that violate an invariant according to the last audit. Absent if the invariant could not be checked.',
    labelNames: ['invariant'],
    registers,
  }),
  auditSeconds: new Gauge({
    name: 'sellout_audit_seconds',
    help: 'Duration of the last audit.',
    registers,
  }),
  auditFinished: new Gauge({
    name: 'sellout_audit_finished_timestamp_seconds',
    help: 'Time at which the last audit ended, as a Unix timestamp in seconds.',
    registers,
  }),
} as const;

export const metricsContentType = registry.contentType;

const collectors: (() => void)[] = [];

/** Runs `collect` before each scrape, to set gauges whose values are computed on demand. */
export function onScrape(collect: () => void): void {
  collectors.push(collect);
}

/** Returns all metrics in the text format of Prometheus. */
export function readMetrics(): Promise<string> {
  collectProcessMetrics();
  for (const collect of collectors) collect();
  return registry.metrics();
}

let collecting = false;

/** Starts to collect the default metrics of the process. Idempotent. */
export function collectProcessMetrics(): void {
  if (collecting) return;
  collecting = true;
  collectDefaultMetrics({ register: registry });
}
