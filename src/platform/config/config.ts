import { getHeapStatistics } from 'node:v8';
import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { apiRolesSetting, type ApiRoles } from './api-roles.ts';
import { describeIssue, findMisspellings } from './config-messages.ts';
import {
  rateLimitEnvironment,
  toChallenges,
  toRateLimits,
  type ChallengeConfig,
  type RateLimitQuotas,
} from './rate-limits.ts';
import { StartupError } from '../errors.ts';
import type { RedisAddress } from '../redis/redis.ts';
import {
  databaseEnvironment,
  findDatabaseFaults,
  toDatabaseConfig,
  type DatabaseConfig,
} from './database-settings.ts';
import { list, seconds, url } from './formats.ts';
import { findRedisFaults, redisEnvironment, toRedisAddress } from './redis-settings.ts';

const proxy = z.string().refine((text) => parseAddressRange(text) !== null, {
  message: 'must be addresses or networks such as 10.0.0.0/8, separated by commas',
});

const headerName = z
  .string()
  .regex(/^[\w!#$%&'*+.^`|~-]{1,128}$/, 'must be names of headers, separated by commas')
  .transform((name) => name.toLowerCase());

export const environment = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().default('0.0.0.0'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  API_ROLES: apiRolesSetting,
  ...databaseEnvironment,
  ...redisEnvironment,
  AUTH_SECRET: z.string().min(32, 'must have at least 32 characters'),
  AUTH_JWKS_URL: url('https://id.example.com/.well-known/jwks.json', 'https:', 'http:').optional(),
  AUTH_ISSUER: z.string().min(1).optional(),
  AUTH_AUDIENCE: z.string().min(1).optional(),
  CORS_ORIGINS: list.pipe(z.array(url('https://tickets.example.com', 'https:', 'http:'))).default([]),
  CORS_ALLOWED_HEADERS: list.pipe(z.array(headerName)).default([]),
  TRUSTED_PROXIES: list.pipe(z.array(proxy)).default([]),
  CONNECTIONS_PER_ADDRESS_MAX: z.coerce.number().int().min(1).max(1_000_000).default(1_000),
  DOCUMENT_CHARACTERS_MAX: z.coerce.number().int().min(1_024).max(1_048_576).default(16_384),
  CLIENT_MEMORY_BYTES_MAX: z.coerce.number().int().min(1_048_576).optional(),
  CLIENT_MEMORY_PER_ADDRESS_BYTES_MAX: z.coerce.number().int().min(1_048_576).default(67_108_864),
  TCP_CONNECTIONS_PER_ADDRESS_MAX: z.coerce.number().int().min(1).max(1_000_000).optional(),
  HTTP_INACTIVITY_SECONDS: seconds(3_600).default(60),
  TCP_CONNECTIONS_MAX: z.coerce.number().int().min(1).max(1_000_000).default(20_000),
  ...rateLimitEnvironment,
  SOCKET_INIT_SECONDS: seconds(300).default(10),
  SOCKET_MESSAGE_BYTES_MAX: z.coerce.number().int().min(4_096).max(1_048_576).default(65_536),
  SOCKET_MESSAGES_PER_SECOND_MAX: z.coerce.number().int().min(1).max(10_000).default(50),
  SOCKET_OPERATIONS_MAX: z.coerce.number().int().min(1).max(10_000).default(100),
  READER_BUFFER_BYTES_MAX: z.coerce.number().int().min(65_536).max(67_108_864).default(262_144),
  READER_STUCK_SECONDS: z.coerce.number().min(0.1).max(600).default(30),
  CONNECTION_AGE_SECONDS_MAX: seconds(86_400).optional(),
  DRAIN_SECONDS: z.coerce.number().int().min(0).max(300).default(0),
  CLOSE_SPREAD_SECONDS: z.coerce.number().min(0).max(9).optional(),
  HOLD_TTL_SECONDS: seconds(86_400).default(300),
  HISTORY_DAYS: z.coerce.number().int().min(1).max(3650).default(30),
  AUDIT_EVERY_SECONDS: seconds(86_400).default(60),
  METRICS_PORT: z.coerce.number().int().min(0).max(65_534).optional(),
  METRICS_HOST: z.string().default('127.0.0.1'), // guard: metrics-on-loopback
  GRAPHIQL: z.stringbool().optional(),
  INTROSPECTION: z.stringbool().default(true),
  FEED_TICK_MS: z.coerce.number().int().min(0).max(10_000).default(100),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http://collector:4318', 'http:', 'https:').optional(),
  OTEL_TRACES_SAMPLER: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  OTEL_SERVICE_NAME: z.string().default('sellout'),
  OTEL_BSP_SCHEDULE_DELAY: z.coerce.number().int().min(1).max(60_000).default(5_000),
  OTEL_BSP_MAX_QUEUE_SIZE: z.coerce.number().int().min(1).max(100_000).default(2_048),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/** Variables that other parts of Sellout read, such as the folder of the embedded services. */
const readElsewhere = ['SELLOUT_DATA_DIR'];

export interface Config extends DatabaseConfig {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  readonly roles: ApiRoles;
  /** One Redis, its sentinels, or nodes of a cluster. */
  readonly redis: RedisAddress;
  readonly auth: {
    readonly secret: string;
    /** Null: only this server's own tokens are accepted. */
    readonly provider: {
      readonly jwksUrl: string;
      readonly issuer: string;
      readonly audience: string;
    } | null;
  };
  /** Origins whose pages may call the API, besides the server's own. */
  readonly corsOrigins: readonly string[];
  /** Request headers that such pages may set besides those listed in `http/cors.ts`, in lower case. */
  readonly corsAllowedHeaders: readonly string[];
  /** Peers whose X-Forwarded-For header is trusted. */
  readonly trustedProxies: BlockList;
  /** WebSockets and event streams that one address (for IPv6, one /64 network) may have open to a process. */
  readonly connectionsPerAddressMax: number;
  /** Maximum number of TCP connections, active or idle: per address, and in total. */
  readonly tcpConnections: { readonly perAddressMax: number; readonly max: number };
  /** Time after which a connection with a request in progress is cut if no byte moves on it. */
  readonly inactivityMs: number;
  /** Maximum length of a GraphQL document. */
  readonly documentCharactersMax: number;
  /** Maximum estimated memory that running operations may retain: per address, and in total. */
  readonly clientMemory: { readonly addressBytesMax: number; readonly processBytesMax: number };
  /** Null if rate limits are off. */
  readonly rateLimits: RateLimitQuotas | null;
  /** True if the rules against probing apply as well. */
  readonly antiProbing: boolean;
  /** Null if challenges are off. */
  readonly challenges: ChallengeConfig | null;
  /** Limits of WebSockets, and of slow consumers on WebSockets and event streams. */
  readonly sockets: {
    readonly initTimeoutMs: number;
    readonly messageBytesMax: number;
    readonly messagesPerSecondMax: number;
    /** Maximum number of concurrent operations on one WebSocket, including subscriptions. */
    readonly operationsMax: number;
    /** Maximum number of unsent bytes of one connection. Beyond it, the consumer is slow and gets a snapshot later. */
    readonly bufferBytesMax: number;
    /** Time that a slow consumer has to drain its buffer before it is closed. */
    readonly stuckMs: number;
    /** Age at which a WebSocket or event stream is closed at the latest. Null: never. */
    readonly ageMaxMs: number | null;
    /** Period over which open connections are closed when the server stops. */
    readonly closeSpreadMs: number;
  };
  /** Time for which a stopping server still accepts requests after /ready returns 503, for load balancers to notice. */
  readonly drainMs: number;
  /** Duration of a hold if its event does not set one. */
  readonly holdTtlMs: number;
  readonly historyDays: number;
  /** Minimum pause between two audits. */
  readonly auditEveryMs: number;
  /** Where the process serves /metrics and /health. A null port: nowhere. */
  readonly metrics: { readonly port: number | null; readonly host: string };
  readonly graphiql: boolean;
  /** True if queries may read the schema through `__schema` and `__type`. */
  readonly introspection: boolean;
  /** Minimum interval between two broadcasts of an event's seat changes. */
  readonly feedTickMs: number;
  readonly logLevel: string;
  /** How requests are traced. Null: not at all. */
  readonly tracing: {
    readonly endpoint: string;
    readonly sampler: string;
    readonly samplerArg: number;
    readonly serviceName: string;
    readonly exportEveryMs: number;
    readonly queuedSpansMax: number;
  } | null;
  /** A warning for each variable that looks like a misspelled setting. */
  readonly warnings: readonly string[];
}

export class ConfigError extends StartupError {
  constructor(faults: readonly string[]) {
    const count = faults.length === 1 ? '1 error' : `${faults.length} errors`;
    super(`The configuration has ${count}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/**
 * Reads the configuration from environment variables, which `.env.example` documents. Empty ones count as absent.
 *
 * @throws {ConfigError} that lists every invalid variable.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  const issues = parsed.success ? [] : parsed.error.issues;
  const faults = [...new Set(issues.map((issue) => describeIssue(issue, given)))];
  const withProvider = given['AUTH_JWKS_URL'] !== undefined;
  for (const name of ['AUTH_ISSUER', 'AUTH_AUDIENCE']) {
    if (withProvider && given[name] === undefined) faults.push(`${name}: is required with AUTH_JWKS_URL`);
    if (!withProvider && given[name] !== undefined) faults.push(`${name}: requires AUTH_JWKS_URL`);
  }
  faults.push(...findDatabaseFaults(given), ...findRedisFaults(given));
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  const known = [...Object.keys(environment.shape), ...readElsewhere];
  return toConfig(parsed.data, findMisspellings(given, known));
}

function toConfig(env: z.infer<typeof environment>, warnings: readonly string[]): Config {
  const production = env.NODE_ENV === 'production';
  return {
    production,
    host: env.HOST,
    port: env.PORT,
    roles: new Set(env.API_ROLES),
    ...toDatabaseConfig(env),
    redis: toRedisAddress(env),
    auth: {
      secret: env.AUTH_SECRET,
      provider:
        env.AUTH_JWKS_URL !== undefined && env.AUTH_ISSUER !== undefined && env.AUTH_AUDIENCE !== undefined
          ? { jwksUrl: env.AUTH_JWKS_URL, issuer: env.AUTH_ISSUER, audience: env.AUTH_AUDIENCE }
          : null,
    },
    corsOrigins: env.CORS_ORIGINS.map((origin) => new URL(origin).origin),
    corsAllowedHeaders: env.CORS_ALLOWED_HEADERS,
    trustedProxies: toBlockList(env.TRUSTED_PROXIES),
    connectionsPerAddressMax: env.CONNECTIONS_PER_ADDRESS_MAX,
    tcpConnections: {
      perAddressMax:
        env.TCP_CONNECTIONS_PER_ADDRESS_MAX ?? Math.max(100, 2 * env.CONNECTIONS_PER_ADDRESS_MAX),
      max: env.TCP_CONNECTIONS_MAX,
    },
    inactivityMs: env.HTTP_INACTIVITY_SECONDS * 1000,
    documentCharactersMax: env.DOCUMENT_CHARACTERS_MAX,
    clientMemory: {
      addressBytesMax: env.CLIENT_MEMORY_PER_ADDRESS_BYTES_MAX,
      processBytesMax: env.CLIENT_MEMORY_BYTES_MAX ?? Math.floor(getHeapStatistics().heap_size_limit / 4),
    },
    rateLimits: toRateLimits(env),
    antiProbing: env.ANTI_PROBING === 'on',
    challenges: toChallenges(env),
    sockets: {
      initTimeoutMs: env.SOCKET_INIT_SECONDS * 1000,
      messageBytesMax: env.SOCKET_MESSAGE_BYTES_MAX,
      messagesPerSecondMax: env.SOCKET_MESSAGES_PER_SECOND_MAX,
      operationsMax: env.SOCKET_OPERATIONS_MAX,
      bufferBytesMax: env.READER_BUFFER_BYTES_MAX,
      stuckMs: env.READER_STUCK_SECONDS * 1000,
      ageMaxMs: toAgeMaxMs(env.CONNECTION_AGE_SECONDS_MAX, production),
      closeSpreadMs: (env.CLOSE_SPREAD_SECONDS ?? (production ? 3 : 0)) * 1000,
    },
    drainMs: env.DRAIN_SECONDS * 1000,
    holdTtlMs: env.HOLD_TTL_SECONDS * 1000,
    historyDays: env.HISTORY_DAYS,
    auditEveryMs: env.AUDIT_EVERY_SECONDS * 1000,
    metrics: { port: env.METRICS_PORT ?? null, host: env.METRICS_HOST },
    graphiql: env.GRAPHIQL ?? !production,
    introspection: env.INTROSPECTION,
    feedTickMs: env.FEED_TICK_MS,
    logLevel: env.LOG_LEVEL,
    tracing:
      env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? null
        : {
            endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
            sampler: env.OTEL_TRACES_SAMPLER,
            samplerArg: env.OTEL_TRACES_SAMPLER_ARG,
            serviceName: env.OTEL_SERVICE_NAME,
            exportEveryMs: env.OTEL_BSP_SCHEDULE_DELAY,
            queuedSpansMax: env.OTEL_BSP_MAX_QUEUE_SIZE,
          },
    warnings,
  };
}

function toAgeMaxMs(given: number | undefined, production: boolean): number | null {
  const ageSecondsMax = given ?? (production ? 3_600 : null);
  return ageSecondsMax === null ? null : ageSecondsMax * 1000;
}

interface AddressRange {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Parses an address, or a network in CIDR form; null for others, and for `/0`: any client could forge its address. */
function parseAddressRange(text: string): AddressRange | null {
  const [, address = '', prefix] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  const bitsMax = version === 4 ? 32 : 128;
  const bits = Number(prefix ?? bitsMax);
  if (version === 0 || bits < 1 || bits > bitsMax) return null;
  return { address, bits, family: version === 4 ? 'ipv4' : 'ipv6' };
}

function toBlockList(texts: readonly string[]): BlockList {
  const proxies = new BlockList();
  for (const range of texts.map(parseAddressRange))
    if (range !== null) proxies.addSubnet(range.address, range.bits, range.family);
  return proxies;
}
