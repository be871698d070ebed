import { computeEtag, type StoredBody } from '../../responses.ts';
import { html } from '../home/html.ts';
import { renderPage } from '../home/page.ts';

/** Renders the page at `/` of a server whose shop has not been built. */
export function renderUnbuiltPage(): StoredBody {
  const page = Buffer.from(
    renderPage(
      html`<header>
          <h1>Sellout</h1>
          <p>The web shop has not been built. The API runs.</p>
        </header>
        <p>
          Build the shop with <code>npm run build:web</code>, then start the server again.
          <a href="/developers">For developers</a> lists what this server offers.
        </p>`,
    ),
  );
  return {
    identity: page,
    type: 'text/html; charset=utf-8',
    etag: computeEtag(page),
    cacheControl: 'no-cache',
  };
}
