import { Counter, Gauge } from 'prom-client';
import { registry } from './registry.ts';

const registers = [registry];

/** Requests, caches, and the connections to PostgreSQL and Redis. */
export const serverMetrics = {
  readOnly: new Gauge({
    name: 'sellout_read_only',
    help: '1 while this process refuses all writes, else 0.',
    registers,
  }),
  readOnlyEntered: new Counter({
    name: 'sellout_read_only_entered_total',
    help: 'Times that this process switched writes off, by cause.',
    labelNames: ['cause'],
    registers,
  }),
  httpRequests: new Counter({
    name: 'sellout_http_requests_total',
    help: 'HTTP requests by status class. Requests that ended before a response are `aborted`.',
    labelNames: ['status'],
    registers,
  }),
  requestsRefused: new Counter({
    name: 'sellout_requests_refused_total',
    help: 'Requests and operations refused before execution, by reason.',
    labelNames: ['reason'],
    registers,
  }),
  rateLimited: new Counter({
    name: 'sellout_rate_limited_total',
    help: 'Calls that a rate limit refused, by limit (group and scope) and root field. `request` is a whole request.',
    labelNames: ['limit', 'operation'],
    registers,
  }),
  rateLimitsWithoutRedis: new Counter({
    name: 'sellout_rate_limits_without_redis_total',
    help: 'Checks of a call, or of the seats of a hold, that this process made on its own because Redis did not answer.',
    registers,
  }),
  probingSignals: new Counter({
    name: 'sellout_probing_signals_total',
    help: 'What the rules against probing noted, by signal.',
    labelNames: ['signal'],
    registers,
  }),
  probingSignalsDropped: new Counter({
    name: 'sellout_probing_signals_dropped_total',
    help: 'Signals of probing that were dropped because too many were on their way to Redis.',
    registers,
  }),
  probingMeasures: new Counter({
    name: 'sellout_probing_measures_total',
    help: 'Measures against probing by measure, scope (identity, address, network) and reason, when they begin.',
    labelNames: ['measure', 'scope', 'reason'],
    registers,
  }),
  challenges: new Counter({
    name: 'sellout_challenges_total',
    help: 'Challenges by outcome: issued, solved, or failed, which is a wrong, expired or repeated solution.',
    labelNames: ['outcome'],
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
  cacheRequests: new Counter({
    name: 'sellout_cache_requests_total',
    help: 'Look-ups by cache (live_map: live feeds; redis_map: seat maps in Redis; document: parsed documents) and result, hit or miss.',
    labelNames: ['cache', 'result'],
    registers,
  }),
  poolConnections: new Gauge({
    name: 'sellout_db_pool_connections',
    help: 'Connections to PostgreSQL by pool and state: busy or idle.',
    labelNames: ['pool', 'state'],
    registers,
  }),
  poolConnectionsMax: new Gauge({
    name: 'sellout_db_pool_connections_max',
    help: 'Maximum number of connections of a pool.',
    labelNames: ['pool'],
    registers,
  }),
  poolWaiting: new Gauge({
    name: 'sellout_db_pool_waiting',
    help: 'Requests for a connection of a pool that wait.',
    labelNames: ['pool'],
    registers,
  }),
  replicaLagSeconds: new Gauge({
    name: 'sellout_replica_lag_seconds',
    help: 'How old what each replica shows may be, by its number in DATABASE_REPLICA_URLS. Measured once per second; absent until it has caught up once.',
    labelNames: ['replica'],
    registers,
  }),
  replicaStates: new Gauge({
    name: 'sellout_replica_state',
    help: '1 for the state of each replica: usable, or why it is left out (unknown, lagging, unreachable, primary, diverged).',
    labelNames: ['replica', 'state'],
    registers,
  }),
  replicaReads: new Counter({
    name: 'sellout_replica_reads_total',
    help: 'Reads that may use a replica, by result: replica; behind or unavailable, which the primary served; failed: statements that the primary repeated.',
    labelNames: ['result'],
    registers,
  }),
  redisUp: new Gauge({
    name: 'sellout_redis_up',
    help: 'Whether each connection to Redis is usable: 1 or 0.',
    labelNames: ['connection'],
    registers,
  }),
} as const;
