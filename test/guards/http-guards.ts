import type { Guard } from './guard.ts';

const headers = { tests: ['test/api/http-headers'] };

/** Guards of requests and answers over HTTP: media types, headers, tokens. */
export const httpGuards: readonly Guard[] = [
  {
    name: 'headers of the connection are the server’s own',
    file: 'src/http/send-response.ts',
    ...headers,
    find: 'connectionHeaders.has(name.toLowerCase())',
    replace: 'connectionHeaders.has(name)',
  },
  {
    name: 'a cached answer is for one origin',
    file: 'src/http/answers.ts',
    ...headers,
    find: "res.appendHeader('vary', 'accept-encoding');",
    replace: "res.setHeader('vary', 'accept-encoding');",
  },
];
