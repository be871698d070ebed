import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/*
 * What a process counts about itself, for Prometheus. One registry a process, as Prometheus scrapes processes: `npm
 * start` has the API's and the worker's numbers in one.
 */
const registry = new Registry();
const registers = [registry];

export const metrics = {
  batches: new Counter({
    name: 'sellout_batches_total',
    help: 'Booking batches by outcome: committed, retried (rolled back, commands go into the next), failed.',
    labelNames: ['outcome'],
    registers,
  }),
  batchCommands: new Histogram({
    name: 'sellout_batch_commands',
    help: 'Commands in a booking batch.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
    registers,
  }),
  batchSeconds: new Histogram({
    name: 'sellout_batch_seconds',
    help: 'Time from the start of a booking batch to its end, retries not included.',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    registers,
  }),
  batchStepSeconds: new Histogram({
    name: 'sellout_batch_step_seconds',
    help: 'Time that a booking batch took to reach a step from the one before it; `locked` is the wait for row locks.',
    labelNames: ['step'],
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
    registers,
  }),
  commands: new Counter({
    name: 'sellout_commands_total',
    help: 'Booking commands by kind and what became of them: done, a refusal code, or an error code.',
    labelNames: ['kind', 'outcome'],
    registers,
  }),
  groupCommitWaiting: new Gauge({
    name: 'sellout_group_commit_waiting',
    help: 'Booking commands that were submitted and are not answered yet.',
    registers,
  }),
  holdsExpired: new Counter({
    name: 'sellout_holds_expired_total',
    help: 'Overdue holds that the worker wrote down.',
    registers,
  }),
  feedFollowers: new Gauge({
    name: 'sellout_feed_followers',
    help: 'Followers of live seat maps in this process.',
    registers,
  }),
  sharedSubscribers: new Gauge({
    name: 'sellout_shared_subscribers',
    help: 'Subscribers of live seat maps that share executions.',
    registers,
  }),
  sharedExecutions: new Counter({
    name: 'sellout_shared_executions_total',
    help: 'Executions of a message, each for all subscribers of an operation.',
    registers,
  }),
  sharedFrames: new Counter({
    name: 'sellout_shared_frames_total',
    help: 'Messages that were sent to subscribers of live seat maps.',
    registers,
  }),
  readersSkipped: new Counter({
    name: 'sellout_readers_skipped_total',
    help: 'Times that a subscriber did not read in time, and got a snapshot later.',
    registers,
  }),
  readersClosed: new Counter({
    name: 'sellout_readers_closed_total',
    help: 'Connections that were closed because they did not read for too long.',
    registers,
  }),
  unsentBytes: new Gauge({
    name: 'sellout_unsent_bytes',
    help: 'Bytes that wait in this process for readers of WebSockets and event streams.',
    registers,
  }),
  unsentBytesMost: new Gauge({
    name: 'sellout_unsent_bytes_most',
    help: 'Bytes that wait for the reader for whom most wait.',
    registers,
  }),
  feedRepairs: new Counter({
    name: 'sellout_feed_repairs_total',
    help: 'Times that a live seat map missed a change and was repaired from PostgreSQL.',
    registers,
  }),
  publishFailures: new Counter({
    name: 'sellout_publish_failures_total',
    help: 'Committed changes that Redis did not take.',
    registers,
  }),
  republished: new Counter({
    name: 'sellout_republished_total',
    help: 'Changes that the worker published because whoever made them had not.',
    registers,
  }),
  httpRequests: new Counter({
    name: 'sellout_http_requests_total',
    help: 'HTTP requests by the class of their status. Those that broke off before an answer are `aborted`.',
    labelNames: ['status'],
    registers,
  }),
  tokensUnchecked: new Counter({
    name: 'sellout_tokens_unchecked_total',
    help: "Tokens that were neither accepted nor refused because the identity provider's keys could not be read.",
    registers,
  }),
  clientMemoryBytes: new Gauge({
    name: 'sellout_client_memory_bytes',
    help: 'Estimated bytes that running operations of clients keep in memory.',
    registers,
  }),
  requestsRefused: new Counter({
    name: 'sellout_requests_refused_total',
    help: 'Requests and operations that were refused before they were executed, by reason.',
    labelNames: ['reason'],
    registers,
  }),
  invariantBreaches: new Gauge({
    name: 'sellout_invariant_breaches',
    help: 'Rows that break an invariant, as the last audit found them; absent where it could not check.',
    labelNames: ['invariant'],
    registers,
  }),
  auditSeconds: new Gauge({
    name: 'sellout_audit_seconds',
    help: 'How long the last audit took.',
    registers,
  }),
  auditFinished: new Gauge({
    name: 'sellout_audit_finished_timestamp_seconds',
    help: 'When the last audit ended, in seconds since 1970.',
    registers,
  }),
} as const;

export const metricsContentType = registry.contentType;

/** The text that Prometheus scrapes. */
export function readMetrics(): Promise<string> {
  collectProcessMetrics();
  return registry.metrics();
}

let collecting = false;

/** Starts measuring the process itself. Once is enough, more often does no harm. */
export function collectProcessMetrics(): void {
  if (collecting) return;
  collecting = true;
  collectDefaultMetrics({ register: registry });
}
