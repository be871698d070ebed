import { parseEventId } from '../../../platform/ids.ts';
import type { Logger } from '../../../platform/observability/logger.ts';
import type { EventLayouts } from '../../../seating/layout/event-layouts.ts';
import type { PublicVersions } from '../../../seating/map/public-versions.ts';
import type { RequestContext } from '../../request-context.ts';
import type { Handler, Route } from '../../request-listener.ts';
import { sendNotFound, sendStored, setPagePolicy, type StoredBody } from '../../responses.ts';
import { homeStyleHash } from '../home/page.ts';
import { renderUnbuiltPage } from './unbuilt-page.ts';
import type { ShopFiles } from './shop-files.ts';

export interface ShopContext {
  /** Null if the shop has not been built. */
  readonly shop: ShopFiles | null;
  readonly publicVersions: PublicVersions;
  readonly eventLayouts: EventLayouts;
  readonly logger: Logger;
}

const EVENT_PATH = /^\/e\/([\w=-]{1,60})$/;
const BOOKING_PATH = /^\/booking\/[\w=-]{1,200}$/;

/** Creates the routes of the web shop: its files, its pages, and the page of all unknown addresses. */
export function createShopRoutes(ctx: ShopContext): { readonly routes: Route[]; readonly notFound: Handler } {
  const { shop } = ctx;
  const methods = ['GET', 'HEAD'] as const;
  const notFound: Handler = (request) => (shop === null ? sendNotFound(request) : sendMissing(shop, request));
  if (shop === null) {
    const unbuilt = renderUnbuiltPage();
    return { routes: [{ path: '/', methods, handle: (request) => sendUnbuilt(unbuilt, request) }], notFound };
  }
  const page: Handler = (request) => sendPage(shop, request, 200);
  const pageIf = (exists: (request: RequestContext) => boolean | Promise<boolean>): Handler => {
    return async (request) => ((await exists(request)) ? page(request) : notFound(request));
  };
  const file: Handler = (request) => {
    const body = shop.files.get(request.path);
    return body === undefined ? notFound(request) : sendStored(request, body);
  };
  const routes = [
    { path: '/', methods, handle: page },
    { path: '/bookings', methods, handle: page },
    { path: '/booking/', methods, handle: pageIf(({ path }) => BOOKING_PATH.test(path)) },
    { path: '/e/', methods, handle: pageIf((request) => preparePage(ctx, request)) },
    ...[...shop.files.keys()]
      .filter((path) => !path.startsWith('/assets/'))
      .map((path) => ({ path, methods, handle: file })),
    { path: '/assets/', methods, handle: file },
  ];
  return { routes, notFound };
}

/**
 * Returns whether a path is that of a public event. If buyers see its map at once, the page has the browser load the layout
 * beside the scripts. While the database is unavailable, the page itself reports it.
 */
async function preparePage(
  { publicVersions, eventLayouts, logger }: ShopContext,
  { path, res }: RequestContext,
): Promise<boolean> {
  const [, text = ''] = EVENT_PATH.exec(path) ?? [];
  const bare = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  const eventId = parseEventId(bare.padEnd(Math.ceil(bare.length / 4) * 4, '='));
  if (eventId === null) return false;
  try {
    const { seats } = await publicVersions.get(eventId);
    // guard: layout-preloaded-on-sale
    const layout = seats?.isOnSale === true ? await eventLayouts.path(eventId) : null;
    if (layout !== null) res.setHeader('link', `<${layout}>; rel=preload; as=fetch; crossorigin`);
    return seats !== null; // guard: page-of-a-public-event
  } catch (error) {
    logger.warn({ err: error }, 'failed to check an event for its page');
    return true;
  }
}

/** Pages load only files of this server, and connect only to it. Some browsers do not count WebSockets as 'self'. */
function setShopPolicy({ req, res }: RequestContext): void {
  const host = req.headers.host ?? '';
  const sockets = /^[\w.:[\]-]{1,255}$/.test(host) ? ` ws://${host} wss://${host}` : ''; // guard: host-in-policy
  setPagePolicy(
    res,
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self'${sockets}`,
    "img-src 'self' data:",
    "manifest-src 'self'",
  );
}

function sendPage({ index }: ShopFiles, request: RequestContext, status: 200 | 404): void {
  setShopPolicy(request);
  if (status === 200) return sendStored(request, index);
  request.res.writeHead(status, {
    'content-type': index.type,
    'content-length': index.identity.length,
    'cache-control': 'no-cache',
  });
  request.res.end(index.identity);
}

/** Sends the page to browsers, and JSON to all other clients. */
function sendMissing(shop: ShopFiles, request: RequestContext): void {
  const { method, headers } = request.req;
  const isBrowser = (method === 'GET' || method === 'HEAD') && (headers.accept ?? '').includes('text/html');
  if (isBrowser) sendPage(shop, request, 404);
  else sendNotFound(request);
}

function sendUnbuilt(page: StoredBody, request: RequestContext): void {
  setPagePolicy(request.res, `style-src ${homeStyleHash}`, 'img-src data:');
  sendStored(request, page);
}
