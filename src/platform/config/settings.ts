import type { environment } from './config.ts';
import { rateLimitSettings } from './rate-limit-settings.ts';
import type { Setting } from './setting.ts';

type SettingName = keyof typeof environment.shape | 'SELLOUT_DATA_DIR';

/**
 * Documentation of every setting, in display order. `npm run docs` writes `docs/configuration.md` and `.env.example`
 * from it; defaults and ranges come from the schema in `config.ts`.
 */
export const settings: Readonly<Record<SettingName, Setting>> = {
  HOST: { group: 'Server', meaning: 'Address on which the API listens.' },
  PORT: { group: 'Server', meaning: 'Port on which the API listens.' },
  API_ROLES: {
    group: 'Server',
    default: 'http,sockets',
    example: 'http,sockets',
    meaning:
      'What an API process serves: `http` is queries, mutations, pages and maps; `sockets` is subscriptions over WebSockets and event streams. By default both. A process refuses what it does not serve with status 421, and one that serves only `sockets` opens at most 4 connections to PostgreSQL instead of 19. The balancer must send requests to the right processes.',
  },
  NODE_ENV: {
    group: 'Server',
    meaning: 'Environment. With `production`, `AUTH_SECRET` is required and several defaults change.',
  },
  CORS_ORIGINS: {
    group: 'Server',
    default: 'none',
    example: 'https://tickets.example.com,https://www.example.com',
    meaning: "Origins whose pages may call the API, besides the server's own. Separate them with commas.",
  },
  CORS_ALLOWED_HEADERS: {
    group: 'Server',
    default: 'none',
    example: 'x-my-shop,x-my-release',
    meaning:
      'Request headers that these pages may set in addition to the standard ones: `authorization`, `content-type`, conditional requests, tracing, and the headers of Apollo clients. Separate them with commas.',
  },
  TRUSTED_PROXIES: {
    group: 'Server',
    default: 'none',
    example: '10.0.0.0/8,fd00::/8',
    meaning:
      "Addresses or networks of reverse proxies whose `X-Forwarded-For` header is trusted. Each proxy must append its peer's address to the header, or set it. Never list a network that contains clients: they could forge their address. Without this setting, all clients behind a proxy share its address and its limits.",
  },
  GRAPHIQL: {
    group: 'Server',
    default: '`true`; `false` in production',
    example: 'true',
    meaning: 'Serves GraphiQL to browsers at `/graphql`.',
  },
  INTROSPECTION: {
    group: 'Server',
    meaning: 'Allows queries of `__schema` and `__type`. Client tools need it, and the schema is public.',
  },
  METRICS_PORT: {
    group: 'Server',
    default: 'none; 9464 with `npm start` outside production',
    example: '9464',
    meaning:
      'Port on which a process serves `/metrics` and `/health`; a worker also serves `/ready` there. With `npm start`, the worker uses the next port.',
  },
  METRICS_HOST: {
    group: 'Server',
    meaning:
      'Address on which `/metrics` is served. If Prometheus runs on another machine, set it to `0.0.0.0` and admit only Prometheus and health checks to the port: metrics show how busy the process is.',
  },
  LOG_LEVEL: {
    group: 'Server',
    default: '`info`; `warn` with `npm start` outside a terminal',
    meaning:
      'Least severe level that is logged. `info` has a line for each request and each change of a booking, at about 4 µs of CPU each; `warn` only what needs attention.',
  },

  OTEL_EXPORTER_OTLP_ENDPOINT: {
    group: 'Tracing',
    default: 'none: tracing is off',
    example: 'http://localhost:4318',
    meaning:
      'OpenTelemetry collector that receives traces over OTLP/HTTP; `/v1/traces` is appended. The other variables of the exporter, such as `OTEL_EXPORTER_OTLP_HEADERS`, and `OTEL_RESOURCE_ATTRIBUTES` apply too.',
  },
  OTEL_TRACES_SAMPLER: {
    group: 'Tracing',
    meaning:
      'Which requests are traced. The samplers that begin with `parentbased_` follow the `traceparent` of the caller. Where clients reach the server directly, prefer one that does not: otherwise clients decide what is traced.',
  },
  OTEL_TRACES_SAMPLER_ARG: { group: 'Tracing', meaning: 'Share of traces that `traceidratio` records.' },
  OTEL_SERVICE_NAME: { group: 'Tracing', meaning: 'Name of this service in traces.' },
  OTEL_BSP_SCHEDULE_DELAY: { group: 'Tracing', meaning: 'Milliseconds between two exports.' },
  OTEL_BSP_MAX_QUEUE_SIZE: {
    group: 'Tracing',
    meaning: 'Spans that may wait for their export. Further spans are dropped.',
  },

  CONNECTIONS_PER_ADDRESS_MAX: {
    group: 'Limits',
    meaning:
      'WebSockets and event streams that one address may have open to one process. For IPv6, a `/64` network counts as one address.',
  },
  TCP_CONNECTIONS_PER_ADDRESS_MAX: {
    group: 'Limits',
    default: 'twice `CONNECTIONS_PER_ADDRESS_MAX`, at least 100',
    example: '2000',
    meaning:
      'TCP connections, active or idle, that one address may have open to one process. Trusted proxies are exempt.',
  },
  TCP_CONNECTIONS_MAX: { group: 'Limits', meaning: 'TCP connections that one process accepts.' },
  HTTP_INACTIVITY_SECONDS: {
    group: 'Limits',
    meaning:
      'Time after which a connection with a request in progress is cut if no byte moves on it, for example because the client does not read its response.',
  },
  DOCUMENT_CHARACTERS_MAX: { group: 'Limits', meaning: 'Characters in a GraphQL document.' },
  CLIENT_MEMORY_PER_ADDRESS_BYTES_MAX: {
    group: 'Limits',
    meaning:
      'Estimated memory that the WebSockets and running operations of one address may retain. Beyond it, operations fail with `RATE_LIMITED`.',
  },
  CLIENT_MEMORY_BYTES_MAX: {
    group: 'Limits',
    default: "a quarter of Node's heap limit",
    example: '1073741824',
    meaning:
      'Estimated memory that the WebSockets and running operations of all addresses together may retain. Beyond it, operations are refused with status 503.',
  },
  SOCKET_INIT_SECONDS: {
    group: 'Limits',
    meaning: 'Time within which a WebSocket must send `connection_init`, or be closed with 4408.',
  },
  SOCKET_MESSAGE_BYTES_MAX: {
    group: 'Limits',
    meaning: 'Size of a message from a WebSocket. A larger one closes the socket with 1009.',
  },
  SOCKET_MESSAGES_PER_SECOND_MAX: {
    group: 'Limits',
    meaning:
      'Sustained message rate of a WebSocket; bursts may be six times as large. Beyond it, the socket is closed with 4429.',
  },
  SOCKET_OPERATIONS_MAX: {
    group: 'Limits',
    meaning: 'Concurrent operations on one WebSocket. Further ones fail with `RATE_LIMITED`.',
  },
  READER_BUFFER_BYTES_MAX: {
    group: 'Limits',
    meaning:
      'Unsent bytes that may wait for one WebSocket or event stream. Beyond it, the consumer is slow: it misses messages and gets one snapshot when the buffer has drained. Meanwhile the server does not read from a slow WebSocket.',
  },
  READER_STUCK_SECONDS: {
    group: 'Limits',
    meaning:
      'Time that a slow consumer has to drain its buffer. After that, a WebSocket is closed with 4508 and an event stream is cut off. A WebSocket that does not answer a ping within this time is dropped as well.',
  },

  ...rateLimitSettings,

  CONNECTION_AGE_SECONDS_MAX: {
    group: 'Limits',
    default: 'none; `3600` in production',
    example: '3600',
    meaning:
      'Maximum age of a WebSocket or event stream. It is closed at a random age from half of the maximum, a WebSocket with 1001, so that load spreads to nodes that started later. Clients reconnect and resume.',
  },
  DRAIN_SECONDS: {
    group: 'Shutdown',
    meaning:
      'Time for which the server still accepts requests after `/ready` has started to return 503, so that a load balancer notices. New WebSockets and event streams get 503 from then on.',
  },
  CLOSE_SPREAD_SECONDS: {
    group: 'Shutdown',
    default: '`0`; `3` in production',
    meaning:
      'Period over which WebSockets are closed with 1001 and event streams end, so that clients do not all reconnect at once. If `DRAIN_SECONDS` is longer, that applies instead.',
  },

  DATABASE_URL: {
    group: 'Services',
    default: 'an embedded PostgreSQL 18',
    example: 'postgresql://user:password@localhost:5432/sellout',
    meaning: 'PostgreSQL server, version 17 or newer. Only `npm start` has the embedded default.',
  },
  DATABASE_BATCHES_URL: {
    group: 'Services',
    default: '`DATABASE_URL`',
    example: 'postgresql://sellout_batches:password@localhost:6432/sellout',
    meaning:
      'Address for booking batches behind a connection pooler. The role in it must have the session settings of batches, which `npm run db:roles` prints. Requires the two variables below.',
  },
  DATABASE_READS_URL: {
    group: 'Services',
    default: '`DATABASE_URL`',
    example: 'postgresql://sellout_reads:password@localhost:6432/sellout',
    meaning: 'The same for queries.',
  },
  DATABASE_WORKER_URL: {
    group: 'Services',
    default: '`DATABASE_URL`',
    example: 'postgresql://sellout_worker:password@localhost:6432/sellout',
    meaning: 'The same for periodic tasks and long writes.',
  },
  DATABASE_REPLICA_URLS: {
    group: 'Services',
    default: 'none',
    example:
      'postgresql://user:password@10.0.0.2:5432/sellout,postgresql://user:password@10.0.0.3:5432/sellout',
    meaning:
      'Servers from which API processes may [read](scaling.md#read-replicas) instead of the primary. Separate them with commas. List every server of the cluster: the one that is the primary at the moment is left out.',
  },
  DATABASE_DISK_PATH: {
    group: 'Services',
    default: 'none',
    example: '/var/lib/postgresql',
    meaning:
      'Path on the disk of PostgreSQL, if it runs on the same machine. A process whose path does not exist does not start. While less than `DATABASE_DISK_FREE_PERCENT_MIN` of it is free, the service is [read-only](operations.md#read-only-mode).',
  },
  DATABASE_DISK_FREE_PERCENT_MIN: {
    group: 'Services',
    meaning: 'Share of the disk at `DATABASE_DISK_PATH` that must be free for writes, in percent.',
  },
  OUTAGE_CREDIT_SECONDS_MAX: {
    group: 'Booking',
    meaning:
      'Maximum time of one [outage](operations.md#read-only-mode) that is added to the deadlines of holds. 0: holds expire although their buyers cannot confirm them.',
  },
  READ_ONLY_BATCH_MS: {
    group: 'Services',
    meaning:
      'Duration of batches, in milliseconds, that counts as overload: if the 95th percentile of the last 20 batches of a process is longer for 5 s, the process is [read-only](operations.md#read-only-mode).',
  },
  REDIS_URL: {
    group: 'Services',
    default: 'a private Redis',
    example: 'redis://localhost:6379',
    meaning: 'Redis or Valkey server, version 7. Only `npm start` has the private default.',
  },
  REDIS_SENTINELS: {
    group: 'Services',
    default: 'none',
    example: 'redis://:password@10.0.0.1:26379/NAME,redis://:password@10.0.0.2:26379/NAME',
    meaning:
      'Sentinels that know which Redis is the [master](scaling.md#redis-sentinel) called NAME, instead of `REDIS_URL`. Separate them with commas. Redis and the sentinels have the credentials of the first URL.',
  },
  REDIS_CLUSTER_URLS: {
    group: 'Services',
    default: 'none',
    example: 'redis://10.0.0.1:6379,redis://10.0.0.2:6379,redis://10.0.0.3:6379',
    meaning:
      'Nodes of a [Redis Cluster](scaling.md#redis-cluster), instead of `REDIS_URL`. Separate them with commas. All nodes have the credentials of the first one. List as many as possible: processes subscribe only at listed nodes.',
  },
  SELLOUT_DATA_DIR: {
    group: 'Services',
    default: '`.data`',
    example: '.data',
    meaning:
      'Folder for the data of the embedded services and the generated token secret, relative to the repository. Each copy of Sellout on one machine needs its own folder and port.',
  },

  HOLD_TTL_SECONDS: {
    group: 'Booking',
    meaning: 'Duration of a hold if the event does not set one.',
  },
  HISTORY_DAYS: { group: 'Booking', meaning: 'Retention of the history of seat changes.' },
  AUDIT_EVERY_SECONDS: {
    group: 'Booking',
    meaning:
      'Pause between two audits by the worker. An audit checks stored data against the invariants; `npm run audit` runs one immediately.',
  },
  FEED_TICK_MS: {
    group: 'Booking',
    meaning:
      "Minimum interval between two broadcasts of an event's seat changes. The first change after a quiet period is sent at once.",
  },

  AUTH_SECRET: {
    group: 'Authentication',
    default: 'generated and stored in the data folder',
    meaning:
      'Secret that signs guest tokens and those of `npm run token`: at least 32 characters. All API processes need the same one. Required in production.',
  },
  AUTH_JWKS_URL: {
    group: 'Authentication',
    default: 'none',
    example: 'https://id.example.com/.well-known/jwks.json',
    meaning:
      'Public keys of an identity provider whose tokens are accepted too. Requires `AUTH_ISSUER` and `AUTH_AUDIENCE`.',
  },
  AUTH_ISSUER: {
    group: 'Authentication',
    default: 'none',
    example: 'https://id.example.com/',
    meaning: "Issuer (`iss`) of the provider's tokens.",
  },
  AUTH_AUDIENCE: {
    group: 'Authentication',
    default: 'none',
    example: 'sellout',
    meaning: "Audience (`aud`) of the provider's tokens.",
  },
};
