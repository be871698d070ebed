import type { EventOnSale } from './events-on-sale.sql.ts';
import { html, type Html } from './html.ts';
import { renderPage } from './page.ts';

export interface ListedEvent extends EventOnSale {
  /** Null if it is unknown. */
  readonly layoutPath: string | null;
}

const graphiqlLink = html`<a class="wide first" href="/graphql"
  ><b>GraphiQL</b
  ><span
    >Try the API: examples that run one after the other, from the list of events to a hold and a live seat
    map</span
  ></a
>`;

const graphiqlOff = html`<p>
  The query editor is switched off on this server. The schema is in <code>schema.graphql</code>.
</p>`;

/** Renders the page that lists what this server offers. `events` is null if they cannot be read at the moment. */
export function renderHomePage(events: readonly ListedEvent[] | null, graphiql: boolean): string {
  return renderPage(
    html`<header>
        <h1>Sellout</h1>
        <p>Real-time ticket booking. <em>Sell out. Never oversell.</em></p>
      </header>
      <nav>
        <a class="wide" href="/"><b>Shop</b><span>What buyers see</span></a>
        ${graphiql ? graphiqlLink : graphiqlOff}
        <a href="/health"><b>/health</b><span>Is the process alive?</span></a>
        <a href="/ready"
          ><b>/ready</b><span>Can the process take requests, and is anything degraded?</span></a
        >
      </nav>
      <section>
        <h2>On sale now</h2>
        ${renderEvents(events)}
      </section>
      <section>
        <h2>API</h2>
        <dl>
          <dt><code>POST /graphql</code></dt>
          <dd>
            Queries and mutations (GraphQL over HTTP). Authenticate with
            <code>Authorization: Bearer …</code>, for example with a token from
            <code>startGuestSession</code>.
          </dd>
          <dt><code>WebSocket /graphql</code></dt>
          <dd>Subscriptions (<code>graphql-transport-ws</code>). Watching seats requires no token.</dd>
          <dt><code>POST /graphql</code>, <code>Accept: text/event-stream</code></dt>
          <dd>The same subscriptions as server-sent events.</dd>
          <dt><code>GET /layouts/…</code></dt>
          <dd>
            The seats of a hall with labels and positions. Immutable; the path is
            <code>seatMap.layoutUrl</code> of an event.
          </dd>
        </dl>
      </section> `,
  );
}

function renderEvents(events: readonly ListedEvent[] | null): Html {
  if (events === null) return html`<p>The list of events is temporarily unavailable.</p>`;
  if (events.length === 0) return html`<p>No event is on sale.</p>`;
  return html`<table>
    <thead>
      <tr>
        <th>Event</th>
        <th>Venue</th>
        <th>Starts</th>
        <th>Free</th>
        <th>Layout</th>
      </tr>
    </thead>
    <tbody>
      ${events.map(
        (event) =>
          html`<tr>
            <td>${event.name}</td>
            <td>${event.venue}</td>
            <td><time datetime="${event.startsAt.toISOString()}">${formatStart(event.startsAt)}</time></td>
            <td>${formatCount(event.available)} of ${formatCount(event.total)}</td>
            <td>${event.layoutPath === null ? '' : html`<a href="${event.layoutPath}">JSON</a>`}</td>
          </tr> `,
      )}
    </tbody>
  </table>`;
}

function formatStart(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function formatCount(count: number): string {
  return count.toLocaleString('en');
}
