import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../local/command.ts';

const files = [
  'docs/examples/operations/load-seat-map',
  'docs/examples/operations/refetch-booking',
  ...[
    'confirm-booking',
    'events-on-sale',
    'hold-seats',
    'my-bookings',
    'release-booking',
    'start-guest-session',
    'watch-booking',
  ].map((name) => `src/http/routes/graphiql/operations/${name}`),
];

const suffixes = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' };

/** Returns the operations of the Relay example by name, each named as Relay requires: with its kind at the end. */
export function readRelayOperations(): ReadonlyMap<string, string> {
  const texts = files.map((file) => readFileSync(path.join(ROOT, `${file}.graphql`), 'utf8'));
  return new Map(texts.map(renameOperation));
}

function renameOperation(document: string): [name: string, text: string] {
  const text = document.replaceAll(/^#.*\n/gm, '');
  const [, kind = '', name = ''] = /^(query|mutation|subscription) (\w+)/.exec(text) ?? [];
  const relayName = `${name}${suffixes[kind as keyof typeof suffixes]}`;
  return [relayName, text.replace(name, relayName)];
}
