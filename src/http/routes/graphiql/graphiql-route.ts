import type { Logger } from '../../../platform/observability/logger.ts';
import { computeEtag, sendNotFound, sendStored, setPagePolicy } from '../../responses.ts';
import type { RequestContext } from '../../request-context.ts';
import { withTimeout } from '../../../platform/with-timeout.ts';
import { httpLimits } from '../../limits.ts';
import { html, Html } from '../home/html.ts';
import { loadGraphiQL, type GraphiQLAssets } from './assets.ts';
import { createExampleTabs, type ExampleIds } from './examples.ts';

export interface GraphiQLContext {
  /** Returns null if no event is on sale. */
  readonly exampleIds: () => Promise<ExampleIds | null>;
  readonly logger: Logger;
}

/** Content security policy. The editor creates styles and workers at run time; no other host is allowed. */
const policy = [
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  'worker-src blob:',
  "img-src 'self' data:",
  "font-src 'self' data:",
];

export function createGraphiQLHandler(ctx: GraphiQLContext): (request: RequestContext) => Promise<void> {
  let reading: Promise<ExampleIds | null> | undefined;
  return async (request) => {
    reading ??= readIds(ctx).finally(() => (reading = undefined));
    const [assets, ids] = await Promise.all([loadGraphiQL(), reading]);
    const page = Buffer.from(renderPage(assets, ids));
    setPagePolicy(request.res, ...policy);
    request.res.appendHeader('vary', 'accept');
    sendStored(request, {
      identity: page,
      type: 'text/html; charset=utf-8',
      etag: computeEtag(page),
      cacheControl: 'no-cache',
    });
  };
}

export async function handleGraphiQLAsset(request: RequestContext): Promise<void> {
  const { script, style } = await loadGraphiQL();
  const asset = [script, style].find(({ path }) => path === request.path);
  if (asset === undefined) return sendNotFound(request);
  sendStored(request, asset);
}

async function readIds({ exampleIds, logger }: GraphiQLContext): Promise<ExampleIds | null> {
  try {
    return await withTimeout(exampleIds(), httpLimits.checkTimeoutMs, 'the IDs for the examples', { logger });
  } catch (error) {
    logger.warn({ err: error }, 'failed to read the IDs for the examples of GraphiQL');
    return null;
  }
}

function renderPage({ script, style }: GraphiQLAssets, ids: ExampleIds | null): string {
  const options = JSON.stringify({
    title: 'Sellout',
    endpoint: '/graphql',
    defaultTabs: createExampleTabs(ids),
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
