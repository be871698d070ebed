/**
 * The script of the page, which runs before GraphiQL. With it the examples run one after the other without copying values:
 * it stores the token of startGuestSession and the ID of the last hold in this browser, also for other windows, and replaces
 * <token> and <bookingId> in the headers and variables of each request. If a value is missing, it does not send the request,
 * but responds with the tab to run first. It requests the schema without a token.
 */
// guard: graphiql-forgets-refused-token
// guard: graphiql-missing-input
export const pageScript = String.raw`
'use strict';

{
  const send = window.fetch.bind(window);
  const remembered = (name) => localStorage.getItem('sellout:' + name);
  const remember = (name, value) => localStorage.setItem('sellout:' + name, value);
  const forget = (name) => localStorage.removeItem('sellout:' + name);

  const fill = (text) =>
    text.replace(/<(token|bookingId)>/g, (found, name) => remembered(name) ?? found);

  const hints = {
    '<token>':
      'This operation needs a token. Run tab 4, StartGuestSession, first: this page then fills in <token> for you.',
    '<bookingId>':
      'This operation needs a booking. Run tab 5, HoldSeats, or tab 7, HoldBestAvailable, first: this page then fills in <bookingId> for you.',
    refused:
      'The remembered token is no longer valid, and this page has forgotten it. Run tab 4, StartGuestSession, for a new one.',
  };
  const hint = (message) =>
    new Response(JSON.stringify({ errors: [{ message }] }), {
      headers: { 'content-type': 'application/json' },
    });

  const rememberResponse = async (response) => {
    if (!(response.headers.get('content-type') ?? '').includes('json')) return;
    const { data } = await response.json();
    const token = data?.startGuestSession?.token;
    const booking = data?.holdSeats ?? data?.holdBestAvailable;
    if (token) remember('token', token);
    if (booking?.id) remember('bookingId', booking.id);
  };

  window.fetch = async (input, init = {}) => {
    const headers = new Headers(init.headers);
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : {};
    // A subscription has its parameters in the URL.
    const address = new URL(input, location.href);
    if (body.operationName === 'IntrospectionQuery') {
      headers.delete('authorization');
      return send(address.href, { ...init, headers });
    }

    const usesToken = [...headers.values()].some((value) => value.includes('<token>'));
    for (const [name, value] of [...headers]) headers.set(name, fill(value));
    const variables = fill(address.searchParams.get('variables') ?? JSON.stringify(body.variables ?? {}));
    const texts = [...headers.values(), variables].join();
    const missing = ['<token>', '<bookingId>'].find((name) => texts.includes(name));
    if (missing) return hint(hints[missing]);

    const filled = { ...init, headers };
    if (address.searchParams.has('variables')) address.searchParams.set('variables', variables);
    else if (body.variables) filled.body = JSON.stringify({ ...body, variables: JSON.parse(variables) });
    const response = await send(address.href, filled);
    if (response.status === 401 && usesToken) {
      forget('token');
      return hint(hints.refused);
    }
    // A response that cannot be parsed has nothing to remember. The editor shows it.
    rememberResponse(response.clone()).catch((error) => console.debug('not remembered', error));
    return response;
  };
}

function startPage(graphiql) {
  const options = JSON.parse(document.querySelector('#options').textContent);
  graphiql.renderYogaGraphiQL(document.querySelector('#root'), options);
}
`;
