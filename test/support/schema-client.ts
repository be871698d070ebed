import { createYoga } from 'graphql-yoga';
import pg from 'pg';
import { maskError } from '../../src/graphql/mask-error.ts';
import { documentLimits } from '../../src/graphql/limits/document-limits.ts';
import { schema } from '../../src/graphql/schema.ts';
import type { GraphQLContext } from '../../src/graphql/context.ts';
import type { Viewer } from '../../src/identity/viewer.ts';
import { createContext, type AppContext } from '../../src/main/context.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { createTestDatabase } from './database.ts';
import { startTestRedis } from './redis.ts';

/* eslint-disable typescript/no-explicit-any -- Answers have the form that each test asks for. */
export interface Answer {
  readonly status: number;
  readonly data: any;
  readonly errors: readonly { readonly message: string; readonly path?: unknown; readonly extensions: any }[];
}
/* eslint-enable typescript/no-explicit-any */

export interface SchemaClient extends AsyncDisposable {
  readonly app: AppContext;
  /** Executes with the plugins of the server, without its transports. */
  ask(query: string, variables?: object, viewer?: Viewer | null): Promise<Answer>;
  close(): Promise<void>;
}

/** The schema on a database and a Redis of its own. */
export async function createSchemaClient(): Promise<SchemaClient> {
  const [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
  const app = await createContext(
    loadConfig({
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      AUTH_SECRET: 'a secret for tests, of no use to anybody else',
      LOG_LEVEL: 'silent',
    }),
  );
  const yoga = createYoga<{ viewer: Viewer | null }>({
    schema,
    plugins: documentLimits(),
    context: ({ viewer }): GraphQLContext => ({ ...app, viewer, requestId: 'test' }),
    maskedErrors: { maskError: (error) => maskError(error, { logger: app.logger, requestId: 'test' }) },
    logging: false,
  });
  const close = async () => {
    await app.close();
    await Promise.all([database.drop(), redis.stop()]);
  };
  return {
    app,
    async ask(query, variables = {}, viewer = null) {
      const response = await yoga.fetch(
        'http://localhost/graphql',
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/json' },
          body: JSON.stringify({ query, variables }),
        },
        { viewer },
      );
      const body = (await response.json()) as Partial<Answer>;
      return { status: response.status, data: body.data, errors: body.errors ?? [] };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The statements that any connection of this process sends while `work` runs. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const original = pg.Client.prototype.query;
  // eslint-disable-next-line typescript/no-explicit-any -- The driver has nine overloads.
  pg.Client.prototype.query = function counted(this: pg.Client, ...args: any[]) {
    const [first] = args as [string | { text: string }];
    statements.push(typeof first === 'string' ? first : first.text);
    return Reflect.apply(original, this, args) as never;
  };
  try {
    await work();
  } finally {
    pg.Client.prototype.query = original;
  }
  return statements;
}
