import type { PrismaClient } from '../../../platform/database/db.ts';
import type { Logger } from '../../../platform/observability/logger.ts';
import type { EventLayouts } from '../../../seating/layout/event-layouts.ts';
import { computeEtag, sendStored, setPagePolicy } from '../../responses.ts';
import type { RequestContext } from '../../request-context.ts';
import { withTimeout } from '../../../platform/with-timeout.ts';
import { httpLimits } from '../../limits.ts';
import { readEventsOnSale } from './events-on-sale.sql.ts';
import { renderHomePage, type ListedEvent } from './home-page.ts';
import { homeStyleHash } from './page.ts';

const EVENTS_LISTED_MAX = 20;

export interface HomeContext {
  readonly db: PrismaClient;
  readonly eventLayouts: EventLayouts;
  readonly logger: Logger;
  /** True if the page links to GraphiQL. */
  readonly graphiql: boolean;
}

export function createHomeHandler(ctx: HomeContext): (request: RequestContext) => Promise<void> {
  let listing: Promise<ListedEvent[] | null> | undefined;
  return async (request) => {
    listing ??= listEvents(ctx).finally(() => (listing = undefined));
    const page = Buffer.from(renderHomePage(await listing, ctx.graphiql));
    setPagePolicy(request.res, `style-src ${homeStyleHash}`, 'img-src data:');
    sendStored(request, {
      identity: page,
      type: 'text/html; charset=utf-8',
      etag: computeEtag(page),
      cacheControl: 'no-cache',
    });
  };
}

async function listEvents(ctx: HomeContext): Promise<ListedEvent[] | null> {
  try {
    return await withTimeout(read(ctx), httpLimits.checkTimeoutMs, 'the list of events', {
      logger: ctx.logger,
    });
  } catch (error) {
    ctx.logger.warn({ err: error }, 'failed to read events for the home page');
    return null;
  }
}

async function read({ db, eventLayouts }: HomeContext): Promise<ListedEvent[]> {
  const events = await readEventsOnSale(db, EVENTS_LISTED_MAX);
  return Promise.all(
    events.map(async (event) => ({ ...event, layoutPath: await eventLayouts.path(event.id) })),
  );
}
