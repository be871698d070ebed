import type { ExecutionResult } from 'graphql';
import { processRegularResult } from 'graphql-yoga';
import { createEngine, type Engine } from '../../../src/graphql/engine/engine.ts';
import { maskError } from '../../../src/graphql/engine/errors/mask-error.ts';
import { prepareOperation } from '../../../src/graphql/engine/operation.ts';
import { graphqlPlugins } from '../../../src/graphql/engine/plugins.ts';
import { schema } from '../../../src/graphql/schema/schema.ts';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { createContext, type AppContext, type ContextOverrides } from '../../../src/main/context.ts';
import { loadConfig, type Config } from '../../../src/platform/config/config.ts';
import { createTestDatabase, type TestDatabase } from '../services/database.ts';
import { startTestRedis } from '../services/redis.ts';

/* oxlint-disable typescript/no-explicit-any -- Answers have the form that each test asks for. */
interface Answer {
  readonly status: number;
  readonly data: any;
  readonly errors: readonly { readonly message: string; readonly path?: unknown; readonly extensions: any }[];
}
/* oxlint-enable typescript/no-explicit-any */

export interface SchemaClient extends AsyncDisposable {
  readonly app: AppContext;
  /** Executes an operation with the server's engine, but without its transports. */
  ask(query: string, variables?: object, viewer?: Viewer | null): Promise<Answer>;
  /** Returns the results of a subscription. Leaving the loop ends it. */
  follow(query: string, variables?: object, viewer?: Viewer | null): AsyncGenerator<Answer, void>;
  close(): Promise<void>;
}

/** Creates the schema with its own Redis, and by default with its own database. */
export async function createSchemaClient(
  overrides: ContextOverrides = {},
  ownDatabase: Pick<TestDatabase, 'url' | 'drop'> | null = null,
): Promise<SchemaClient> {
  const [database, redis] = await Promise.all([ownDatabase ?? createTestDatabase(), startTestRedis()]);
  const config = loadConfig({
    DATABASE_URL: database.url,
    ...redis.env,
    AUTH_SECRET: 'a secret for tests, of no use to anybody else',
    LOG_LEVEL: 'silent',
  });
  return createClient(config, () => Promise.all([database.drop(), redis.stop()]), overrides);
}

/** Creates another node with the same database and Redis. It must be closed first. */
export function createPeer({ app }: SchemaClient): Promise<SchemaClient> {
  return createClient(app.config, () => Promise.resolve());
}

async function createClient(
  config: Config,
  release: () => Promise<unknown>,
  overrides: ContextOverrides = {},
): Promise<SchemaClient> {
  const app = await createContext(config, overrides);
  const engine = createEngine({
    schema,
    plugins: graphqlPlugins({ introspection: true, documentCharactersMax: 16_384 }),
    logger: app.logger,
    maskError: (error) => maskError(error, { logger: app.logger, requestId: 'test' }),
    services: app,
    sharedContext: { seatDetails: app.seatDetails },
    onRevoked: (tokenViewer, then) => app.identity.onRevoked(tokenViewer, then),
  });
  const prepare = (query: string, variables: object, viewer: Viewer | null) =>
    prepareOperation(
      engine,
      { query, operationName: null, variables: toJson(variables) as Record<string, unknown> },
      { viewer, requestId: 'test', budget: null },
    );
  const close = async () => {
    await app.close();
    await release();
  };
  return {
    app,
    async ask(query, variables = {}, viewer = null) {
      const operation = prepare(query, variables, viewer);
      return toAnswer(engine, operation.kind === 'invalid' ? operation : await operation.execute());
    },
    async *follow(query, variables = {}, viewer = null) {
      const operation = prepare(query, variables, viewer);
      const subscription = operation.kind === 'invalid' ? operation : await operation.subscribe();
      if (!('source' in subscription)) return yield toAnswer(engine, subscription);
      for await (const result of subscription.results(null)) yield toAnswer(engine, result);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Returns what a client would get with `Accept: application/json`. */
async function toAnswer({ yoga }: Engine, result: ExecutionResult): Promise<Answer> {
  const response = processRegularResult(result, yoga.fetchAPI, 'application/json');
  const { data, errors = [] } = (await response.json()) as Partial<Answer>;
  return { status: response.status, data, errors };
}

function toJson(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
