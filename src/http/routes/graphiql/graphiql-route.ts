import type { Logger } from '../../../platform/observability/logger.ts';
import { prefersHtml } from '../../accept.ts';
import { etagOf, sendNotFound, sendStored } from '../../responses.ts';
import type { Exchange } from '../../request-context.ts';
import { withTimeout } from '../../../platform/with-timeout.ts';
import { httpLimits } from '../../limits.ts';
import { html, Html } from '../home/html.ts';
import { setPagePolicy } from '../../security-headers.ts';
import { loadGraphiQL, type GraphiQLAssets } from './assets.ts';
import { exampleTabs, type ExampleIds } from './examples.ts';

export interface GraphiQLContext {
  /** Null where no event is on sale. */
  readonly exampleIds: () => Promise<ExampleIds | null>;
  readonly logger: Logger;
}

/** The editor makes styles and workers of its own as it runs; nothing else is let in, and no other host. */
const policy = [
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  'worker-src blob:',
  "img-src 'self' data:",
  "font-src 'self' data:",
];

/** A browser asks for a page, a program for JSON. */
export function wantsGraphiQL({ req }: Exchange): boolean {
  return (req.method === 'GET' || req.method === 'HEAD') && prefersHtml(req.headers.accept ?? '');
}

export function graphiqlRoute(ctx: GraphiQLContext): (exchange: Exchange) => Promise<void> {
  let underWay: Promise<ExampleIds | null> | undefined;
  return async (exchange) => {
    underWay ??= readIds(ctx).finally(() => (underWay = undefined));
    const [assets, ids] = await Promise.all([loadGraphiQL(), underWay]);
    const page = Buffer.from(graphiqlPage(assets, ids));
    setPagePolicy(exchange.res, ...policy);
    exchange.res.appendHeader('vary', 'accept');
    sendStored(exchange, {
      identity: page,
      type: 'text/html; charset=utf-8',
      etag: etagOf(page),
      cacheControl: 'no-cache',
    });
  };
}

export async function handleGraphiQLAsset(exchange: Exchange): Promise<void> {
  const { script, style } = await loadGraphiQL();
  const asset = [script, style].find(({ path }) => path === exchange.path);
  if (asset === undefined) return sendNotFound(exchange);
  sendStored(exchange, asset);
}

async function readIds({ exampleIds, logger }: GraphiQLContext): Promise<ExampleIds | null> {
  try {
    return await withTimeout(exampleIds(), httpLimits.checkTimeoutMs, 'the ids for the examples', { logger });
  } catch (error) {
    logger.warn({ err: error }, 'ids for the examples of GraphiQL not read');
    return null;
  }
}

function graphiqlPage({ script, style }: GraphiQLAssets, ids: ExampleIds | null): string {
  const options = JSON.stringify({
    title: 'Sellout',
    endpoint: '/graphql',
    defaultTabs: exampleTabs(ids),
    shouldPersistHeaders: true,
    defaultEditorToolsVisibility: 'variables',
  });
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Sellout · GraphiQL</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${style.path}" />
      </head>
      <body class="no-focus-outline">
        <noscript>GraphiQL needs JavaScript.</noscript>
        <div id="root"></div>
        <script type="application/json" id="options">
          ${new Html(options.replaceAll('<', String.raw`\u003c`))}
        </script>
        <script src="${script.path}"></script>
      </body>
    </html> `.text;
}
