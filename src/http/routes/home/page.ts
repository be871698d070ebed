import { createHash } from 'node:crypto';
import { html, Html } from './html.ts';
import { homeStyle } from './home-style.ts';

/** Hash of the only style that the content security policy of these pages allows. */
export const homeStyleHash = `'sha256-${createHash('sha256').update(homeStyle).digest('base64')}'`;

/** A constant, because white space that a formatter adds would change the hash. */
const styleElement = new Html(`<style>${homeStyle}</style>`);

/** Renders a page of the server itself, which has no script. */
export function renderPage(content: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Sellout</title>
        <link rel="icon" href="data:," />
        ${styleElement}
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html> `.text;
}
