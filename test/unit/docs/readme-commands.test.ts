import { expect, it } from 'vitest';
import { extractCommands } from '../../../scripts/check/readme/extract-commands.ts';
import { findCommandErrors, findShortForm } from '../../../scripts/check/readme/short-forms.ts';

it('extracts the lines of shell blocks, without comments, and inline code that begins like a command', () => {
  const page = [
    '```sh',
    'npm start      # starts everything',
    '# only a comment',
    '',
    'BASE_URL=http://localhost:4000 npm run loadtest -- \\',
    '  checkout',
    '```',
    '| what | `npm run bench -- --only zipf` |',
    'Not `npm`, `holdSeats` or `.data`, but `npm start` and `BASE_URL=x node a.ts`.',
    '```json',
    'npm run nothing',
    '```',
  ].join('\n');
  expect(extractCommands(page)).toEqual([
    'npm start',
    'BASE_URL=http://localhost:4000 npm run loadtest -- checkout',
    'npm run bench -- --only zipf',
    'BASE_URL=x node a.ts',
  ]);
});

it.each([
  ['npm start', { stays: 'start' }],
  ['npm run bench -- --only zipf', { run: 'npm run bench -- --only zipf --pairs 1 --seconds 0.2' }],
  ['npm run chaos -- --runs 20', { run: 'npm run chaos -- --runs 1' }],
  ['npm run -s token -- --role buyer', { run: 'npm run -s token -- --role buyer' }],
  ['npm run reset', { last: 'npm run reset' }],
  ['npm run loadtest -- same-seat --buyers 5000', { step: 'loadtest -- --ci' }],
  ['rm -rf .data', null],
])('runs %j as %j', (command, form) => expect(findShortForm(command)).toEqual(form));

it('reports a command without a short form, and one whose step CI does not have', () => {
  expect(findCommandErrors(['npm test', 'npm run unknown'], 'step tests npm test')).toEqual([
    'README.md: `npm run unknown` has no short form in scripts/check/readme/short-forms.ts',
  ]);
  expect(findCommandErrors(['npm test'], '')).toEqual([
    'README.md: .ci/run has no step `npm test`, as `npm test` needs',
  ]);
});
