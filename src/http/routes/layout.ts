import type { EventLayouts } from '../../seating/layout/event-layouts.ts';
import { sendNotFound, sendStored } from '../responses.ts';
import type { Exchange } from '../request-context.ts';

const LAYOUT_PATH = /^\/layouts\/([1-9]\d{0,9})\/([\w-]{22})\.json$/;
const EVENT_ID_MAX = 2_147_483_647;

/** A layout never changes under its path: browsers and CDNs may cache it forever. */
export async function handleLayout(layouts: EventLayouts, exchange: Exchange): Promise<void> {
  const [, event = '', hash = ''] = LAYOUT_PATH.exec(exchange.path) ?? [];
  const eventId = Number(event);
  const layout = eventId > 0 && eventId <= EVENT_ID_MAX ? await layouts.encoded(eventId, hash) : null;
  if (layout === null) return sendNotFound(exchange);
  sendStored(exchange, {
    identity: layout.json,
    gzip: layout.gzip,
    br: layout.br,
    type: 'application/json; charset=utf-8',
    etag: hash,
    cacheControl: 'public, max-age=31536000, immutable',
  });
}
