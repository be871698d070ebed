import type { EventLayouts } from '../../seating/layout/event-layouts.ts';
import { sendNotFound, sendStored } from '../responses.ts';
import type { RequestContext } from '../request-context.ts';

const LAYOUT_PATH = /^\/layouts\/([1-9]\d{0,9})\/([\w-]{22})\.json$/;
const EVENT_ID_MAX = 2_147_483_647;

/** Serves a layout. It never changes under its path, so browsers and CDNs may cache it forever. */
export async function handleLayout(layouts: EventLayouts, request: RequestContext): Promise<void> {
  const [, event = '', hash = ''] = LAYOUT_PATH.exec(request.path) ?? [];
  const eventId = Number(event);
  const layout = eventId > 0 && eventId <= EVENT_ID_MAX ? await layouts.encoded(eventId, hash) : null;
  if (layout === null) return sendNotFound(request);
  sendStored(request, {
    identity: layout.json,
    gzip: layout.gzip,
    br: layout.br,
    type: 'application/json; charset=utf-8',
    etag: hash,
    cacheControl: 'public, max-age=31536000, immutable',
  });
}
