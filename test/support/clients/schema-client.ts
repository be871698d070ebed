import { createYoga } from 'graphql-yoga';
import { maskError } from '../../../src/graphql/engine/errors/mask-error.ts';
import { graphqlPlugins } from '../../../src/graphql/engine/plugins.ts';
import { schema } from '../../../src/graphql/schema/schema.ts';
import type { GraphQLContext } from '../../../src/graphql/context.ts';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { createContext, type AppContext } from '../../../src/main/context.ts';
import { loadConfig, type Config } from '../../../src/platform/config/config.ts';
import { createTestDatabase } from '../services/database.ts';
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
  /** Executes an operation with the server's plugins, but without its transports. */
  ask(query: string, variables?: object, viewer?: Viewer | null): Promise<Answer>;
  /** Returns the results of a subscription over SSE. Leaving the loop ends it. */
  follow(query: string, variables?: object, viewer?: Viewer | null): AsyncGenerator<Answer, void>;
  close(): Promise<void>;
}

/** Creates the schema with its own database and Redis. */
export async function createSchemaClient(): Promise<SchemaClient> {
  const [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
  const config = loadConfig({
    DATABASE_URL: database.url,
    ...redis.env,
    AUTH_SECRET: 'a secret for tests, of no use to anybody else',
    LOG_LEVEL: 'silent',
  });
  return createClient(config, () => Promise.all([database.drop(), redis.stop()]));
}

/** Creates another node with the same database and Redis. It must be closed first. */
export function createPeer({ app }: SchemaClient): Promise<SchemaClient> {
  return createClient(app.config, () => Promise.resolve());
}

async function createClient(config: Config, release: () => Promise<unknown>): Promise<SchemaClient> {
  const app = await createContext(config);
  const yoga = createYoga<{ viewer: Viewer | null }>({
    schema,
    plugins: graphqlPlugins({ introspection: true, documentCharactersMax: 16_384 }),
    context: ({ viewer }): GraphQLContext => ({ ...app, viewer, requestId: 'test', budget: null }),
    maskedErrors: { maskError: (error) => maskError(error, { logger: app.logger, requestId: 'test' }) },
    logging: false,
  });
  const close = async () => {
    await app.close();
    await release();
  };
  const post = async (accept: string, query: string, variables: object, viewer: Viewer | null) =>
    yoga.fetch(
      'http://localhost/graphql',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify({ query, variables }),
      },
      { viewer },
    );
  return {
    app,
    async ask(query, variables = {}, viewer = null) {
      const response = await post('application/json', query, variables, viewer);
      return answerOf(response.status, (await response.json()) as Partial<Answer>);
    },
    async *follow(query, variables = {}, viewer = null) {
      const response = await post('text/event-stream', query, variables, viewer);
      let text = '';
      for await (const bytes of response.body ?? []) {
        text += Buffer.from(bytes as Uint8Array).toString();
        const messages = text.split('\n\n');
        text = messages.pop() ?? '';
        for (const message of messages) {
          const data = /^data: (.+)$/m.exec(message)?.[1];
          if (data !== undefined) yield answerOf(response.status, JSON.parse(data) as Partial<Answer>);
        }
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function answerOf(status: number, { data, errors = [] }: Partial<Answer>): Answer {
  return { status, data, errors };
}
