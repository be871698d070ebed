import type { Guard } from './guard.ts';

const provider = { file: 'src/identity/identity-provider.ts', tests: ['test/db/identity'] };
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
  {
    name: 'a provider that is away makes no token invalid',
    ...provider,
    find: 'throw new UncheckedTokenError(error);',
    replace: 'throw new InvalidTokenError(error);',
  },
  {
    name: 'a key set has a size',
    ...provider,
    find: 'if (length > keySetLimits.bytesMax)',
    replace: 'if (length < 0)',
  },
  {
    name: 'a key set has a number of keys',
    ...provider,
    find: 'if (keys.length > keySetLimits.keysMax)',
    replace: 'if (keys.length < 0)',
  },
  {
    name: 'a key set is waited for in bounds',
    ...provider,
    find: 'timeoutDuration: keySetLimits.timeoutMs,',
    replace: 'timeoutDuration: 600_000,',
    only: 'does not answer',
  },
  {
    name: 'a provider that fails is left alone for a while',
    ...provider,
    find: 'if (failure !== undefined && performance.now() < failure.untilMs)',
    replace: 'if (failure !== undefined && performance.now() < 0)',
  },
  {
    name: 'a provider that fails does not fill the log',
    ...provider,
    find: 'if (nowMs < this.#quietUntilMs) return;',
    replace: '',
  },
  {
    name: 'tokens that no key could make valid ask no provider',
    ...provider,
    find: 'checkClaims(token, issuer);',
    replace: '',
  },
  {
    name: 'a subject is printable and short',
    file: 'src/identity/identity.ts',
    tests: ['test/db/identity'],
    find: '!SUBJECT.test(subject)',
    replace: 'SUBJECT.source === subject',
  },
];
