import { Counter, Gauge, Histogram } from 'prom-client';
import { registry } from './registry.ts';

const registers = [registry];

/** Commands, batches, holds and audits. */
export const bookingMetrics = {
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
    name: 'sellout_batch_duration_seconds',
    help: 'Duration of a booking batch, not including retries.',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    registers,
  }),
  batchPhaseSeconds: new Histogram({
    name: 'sellout_batch_phase_duration_seconds',
    help: 'Duration of each phase of a booking batch: plan (includes the wait for a connection), lock, decide, write, commit.',
    labelNames: ['phase'],
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
    registers,
  }),
  batchRetries: new Counter({
    name: 'sellout_batch_retries_total',
    help: 'Booking batches that were rolled back and retried, by SQLSTATE; without one: connection, timeout or stale_rules.',
    labelNames: ['sqlstate'],
    registers,
  }),
  commands: new Counter({
    name: 'sellout_commands_total',
    help: 'Booking commands (hold, confirm, release, …) by kind and outcome: done, a refusal code, or an error code.',
    labelNames: ['kind', 'outcome'],
    registers,
  }),
  commandSeconds: new Histogram({
    name: 'sellout_command_duration_seconds',
    help: 'Time from the submission of a booking command to its outcome, by kind.',
    labelNames: ['kind'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  }),
  queuedCommands: new Gauge({
    name: 'sellout_queued_commands',
    help: 'Booking commands that are submitted but not yet completed.',
    registers,
  }),
  queueWaitSeconds: new Histogram({
    name: 'sellout_queue_wait_seconds',
    help: 'Time from the submission of a booking command to the first batch that takes it.',
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  }),
  holdRequests: new Counter({
    name: 'sellout_hold_requests_total',
    help: 'Hold requests that a worker took from a queue, by outcome: done or a refusal code.',
    labelNames: ['outcome'],
    registers,
  }),
  holdRequestSeconds: new Histogram({
    name: 'sellout_hold_request_duration_seconds',
    help: 'Time from requestHold to the outcome of the request.',
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  }),
  holdRequestsOpen: new Gauge({
    name: 'sellout_hold_requests_open',
    help: 'Hold requests in the queues of all events, according to this worker.',
    registers,
  }),
  holdRequestsBuried: new Counter({
    name: 'sellout_hold_requests_buried_total',
    help: 'Hold requests that could not be processed and were moved to the stream of dead letters.',
    registers,
  }),
  holdsExpired: new Counter({
    name: 'sellout_holds_expired_total',
    help: 'Overdue holds that were expired, by the sweeper or by the next buyer of their seats.',
    registers,
  }),
  holdExpirationDelaySeconds: new Histogram({
    name: 'sellout_hold_expiration_delay_seconds',
    help: "Time from a hold's deadline to its expiration, on the clock of the database.",
    buckets: [0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300],
    registers,
  }),
  invariantBreaches: new Gauge({
    name: 'sellout_invariant_breaches',
    help: 'Rows that violate an invariant according to the last audit. Absent if the invariant could not be checked.',
    labelNames: ['invariant'],
    registers,
  }),
  auditSeconds: new Gauge({
    name: 'sellout_audit_duration_seconds',
    help: 'Duration of the last audit.',
    registers,
  }),
  auditFinished: new Gauge({
    name: 'sellout_audit_finished_timestamp_seconds',
    help: 'Time at which the last audit ended, as a Unix timestamp in seconds. 0 if none has ended in this process.',
    registers,
  }),
} as const;
