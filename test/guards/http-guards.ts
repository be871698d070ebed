import type { Guard } from './guard.ts';

const provider = { file: 'src/identity/identity-provider.ts', tests: ['test/db/catalog/identity'] };
const types = { tests: ['test/api/http/http-media-types'] };
const tokens = { tests: ['test/api/http/http-tokens'] };
const authorize = { file: 'src/transport/authorize.ts', ...tokens };
const expiry = { file: 'src/graphql/engine/token-expiry.ts' };
const route = { file: 'src/transport/graphql-route.ts', ...types };
const headers = { tests: ['test/api/http/http-headers'] };

/** Guards of requests and answers over HTTP: media types, headers, tokens. */
export const httpGuards: readonly Guard[] = [
  {
    name: 'a cached answer is for one origin',
    file: 'src/http/responses.ts',
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
    tests: ['test/db/catalog/identity'],
    find: '!SUBJECT.test(subject)',
    replace: 'SUBJECT.source === subject',
  },
  {
    name: 'a body of another media type is not read',
    ...route,
    find: "if (!isJson(req.headers['content-type'])) {",
    replace: "if (req.method === 'PUT') {",
    only: 'the media type of a body',
  },
  {
    name: 'a media type is the whole of it',
    file: 'src/transport/response-forms.ts',
    find: "return range !== null && range.type === 'application/json';",
    replace: "return range !== null && (contentType ?? '').includes('application/json');",
    tests: ['test/unit/transport/accept'],
  },
  {
    name: 'what cannot be answered is not executed',
    ...route,
    find: 'if (forms.regular === null && !forms.stream) throw notAcceptable();',
    replace: '',
    only: 'before a mutation is executed',
  },
  {
    name: 'a subscription is an event stream or nothing',
    ...route,
    find: 'if (!forms.stream) throw notAcceptable();',
    replace: '',
    only: 'event stream alone',
  },
  {
    name: 'a GET runs no mutation',
    ...route,
    find: "operation.type === OperationTypeNode.MUTATION && req.method !== 'POST'",
    replace: "operation.type === OperationTypeNode.MUTATION && req.method === 'PUT'",
    only: 'runs no mutation',
  },
  {
    name: 'a request with an invalid token is refused whole',
    ...authorize,
    find: 'if (!(error instanceof InvalidTokenError)) throw error;',
    replace: 'if (error instanceof InvalidTokenError) return null;',
    only: 'is refused whole',
  },
  {
    name: 'a socket with an invalid token is acknowledged',
    ...authorize,
    find: 'if (error instanceof InvalidTokenError) return null;',
    replace: '',
    only: 'is acknowledged',
  },
  {
    name: 'a request whose token cannot be checked comes again',
    ...authorize,
    find: 'if (error instanceof UncheckedTokenError)',
    replace: 'if (error === undefined)',
    only: 'over HTTP and as a stream',
  },
  {
    name: 'a socket whose token cannot be checked comes again',
    file: 'src/transport/websocket/graphql-protocol.ts',
    ...tokens,
    find: 'await findViewer(ctx.identity, given);',
    replace: '',
    only: '1013',
  },
  {
    name: 'a private subscription ends with its token',
    ...expiry,
    find: 'setResult(untilExpiry(',
    replace: 'void (untilExpiry(',
    ...tokens,
    only: 'a token that expires',
  },
  {
    name: 'a public subscription outlives the token of its socket',
    ...expiry,
    find: 'if (!isPrivate || !',
    replace: 'if (!',
    ...tokens,
    only: 'and nothing else',
  },
  {
    name: 'a token may be valid for longer than a timer waits',
    ...expiry,
    find: 'Math.min(leftMs, DELAY_MS_MAX)',
    replace: 'Math.max(leftMs, leftMs % DELAY_MS_MAX)',
    tests: ['test/unit/transport/token-expiry'],
  },
];
