/**
 * Runs before GraphiQL. It makes the examples runnable one after the other without copying anything: what
 * startGuestSession and the holds answer is remembered for this browser tab, and where a header or variable says
 * <token> or <bookingId>, it is filled in as the request leaves. The server refuses requests with an invalid token, also
 * those for the schema: a header for which there is no token yet is left out, and a refused token is forgotten.
 */
export const pageScript = String.raw`
'use strict';

{
  const send = window.fetch.bind(window);
  const remembered = (name) => sessionStorage.getItem('sellout:' + name);
  const fill = (text) =>
    text.replace(/<(token|bookingId)>/g, (found, name) => remembered(name) ?? found);
  // Subscriptions travel in the address.
  const fillAddress = (address) =>
    address.replace(/%3C(token|bookingId)%3E/g, (found, name) =>
      encodeURIComponent(remembered(name) ?? decodeURIComponent(found)),
    );

  const remember = async (response) => {
    if (!(response.headers.get('content-type') ?? '').includes('json')) return;
    const { data } = await response.json();
    const token = data?.startGuestSession?.token;
    const booking = data?.holdSeats ?? data?.holdBestAvailable;
    if (token) sessionStorage.setItem('sellout:token', token);
    if (booking?.id) sessionStorage.setItem('sellout:bookingId', booking.id);
  };

  window.fetch = async (input, init = {}) => {
    const headers = new Headers(init.headers);
    for (const [name, value] of [...headers]) {
      if (fill(value).includes('<token>')) headers.delete(name);
      else headers.set(name, fill(value));
    }
    const body = typeof init.body === 'string' ? fill(init.body) : init.body;
    const response = await send(fillAddress(String(input)), { ...init, headers, body });
    if (response.status === 401) sessionStorage.removeItem('sellout:token');
    // The editor shows an answer that can't be read; there is nothing to remember of it.
    remember(response.clone()).catch((error) => console.debug('not remembered', error));
    return response;
  };
}

function startPage(graphiql) {
  const options = JSON.parse(document.querySelector('#options').textContent);
  graphiql.renderYogaGraphiQL(document.querySelector('#root'), options);
}
`;
