import { computeEtag, type StoredBody } from '../../responses.ts';
import { styleElement } from '../home/home-page.ts';
import { html } from '../home/html.ts';

/** Renders the page at `/` of a server whose shop has not been built. */
export function renderUnbuiltPage(): StoredBody {
  const page = Buffer.from(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>Sellout</title>
          <link rel="icon" href="data:," />
          ${styleElement}
        </head>
        <body>
          <main>
            <header>
              <h1>Sellout</h1>
              <p>The web shop has not been built. The API runs.</p>
            </header>
            <p>
              Build the shop with <code>npm run build:web</code>, then start the server again.
              <a href="/developers">For developers</a> lists what this server offers.
            </p>
          </main>
        </body>
      </html> `.text,
  );
  return {
    identity: page,
    type: 'text/html; charset=utf-8',
    etag: computeEtag(page),
    cacheControl: 'no-cache',
  };
}
