// Generates documentation from code: docs/configuration.md, docs/seat-map.svg, docs/on-sale.svg, .env.example and
// the tables of docs/scaling.md; the alert rules for Kubernetes; and the web shop's typed operations. Copies GraphQL operations from GraphiQL's tabs, seat-feed and the
// examples into Markdown pages, and code of the examples too.
// With --check: only reports outdated files, broken references in all Markdown pages, and commands of the README that CI
// can't run.
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema } from 'graphql';
import { format, resolveConfig } from 'prettier';
import { renderPage } from '../loadtest/capacity/page.ts';
import manifest from '../package.json' with { type: 'json' };
import { SEAT_UPDATES } from '../src/web/seat-feed/graphql-ws.ts';
import { extractCommands } from './check/readme/extract-commands.ts';
import { findCommandErrors } from './check/readme/short-forms.ts';
import { embedOperations, operationName } from './docs/embed-operations.ts';
import { embedSnippets } from './docs/embed-snippets.ts';
import { pageErrors } from './docs/page-errors.ts';
import { printConfigurationPage, printEnvExample } from './docs/print-configuration.ts';
import { printShopOperations } from './docs/print-shop-operations.ts';
import { replaceBlock } from './docs/replace-block.ts';
import { printPrometheusRule } from './docs/print-prometheus-rule.ts';
import { renderSeatMap, type Plan } from './docs/render-seat-map.ts';

const root = path.join(import.meta.dirname, '..');
const configuration = path.join(root, 'docs/configuration.md');
const options = { ...(await resolveConfig(configuration)), filepath: configuration };
const pages = listPages();
const scaling = renderPage();
const generated: Record<string, string> = {
  ...(await pagesWithExamples()),
  'docs/configuration.md': await format(printConfigurationPage(), options),
  'docs/seat-map.svg': renderSeatMap(
    JSON.parse(readFileSync(path.join(root, 'prisma/plans/riethsporthalle-erfurt.json'), 'utf8')) as Plan,
  ),
  'docs/on-sale.svg': scaling.chart,
  'docs/scaling.md': await scalingPage(),
  '.env.example': printEnvExample(),
  ...(await shopOperations()),
  'deploy/kubernetes/monitoring/rules.yaml': await format(
    printPrometheusRule(readFileSync(path.join(root, 'deploy/prometheus/rules.yaml'), 'utf8')),
    { ...options, parser: 'yaml' },
  ),
};

if (process.argv.includes('--check')) {
  const errors = [...outdated(), ...brokenReferences()];
  for (const error of errors) process.stderr.write(`${error}\n`);
  if (errors.length > 0) process.exitCode = 1;
} else {
  for (const [name, text] of Object.entries(generated)) writeFileSync(path.join(root, name), text);
}

/** Returns the Markdown pages of the repository, without those of installed packages and of generated folders. */
function listPages(): string[] {
  const exclude = [
    '**/node_modules/**',
    '.data*/**',
    'src/generated/**',
    'loadtest/reports/**',
    '**/dist/**',
  ];
  return globSync('**/*.md', { cwd: root, exclude }).toSorted();
}

function outdated(): string[] {
  return Object.entries(generated)
    .filter(([name, text]) => read(name) !== text)
    .map(([name]) => `${name} is out of date. Run \`npm run docs\` and commit the result.`);
}

function brokenReferences(): string[] {
  const repository = {
    schema: buildSchema(read('schema.graphql') ?? ''),
    npmScripts: Object.keys(manifest.scripts),
    read,
  };
  const commands = extractCommands(read('README.md') ?? '');
  return [
    ...pages.flatMap((page) => pageErrors(page, repository)),
    ...findCommandErrors(commands, read('.ci/run') ?? ''),
  ];
}

/** Returns the pages that contain GraphQL operations or code of the examples, each with their current text. */
async function pagesWithExamples(): Promise<Record<string, string>> {
  const files = globSync(
    ['src/http/routes/graphiql/operations/*.graphql', 'docs/examples/operations/*.graphql'],
    {
      cwd: root,
    },
  );
  const examples = files.map((file) => (read(file) ?? '').replaceAll(/^#.*\n/gm, ''));
  const documents = [...examples, await format(SEAT_UPDATES, { ...options, parser: 'graphql' })];
  const operations = new Map(documents.map((document) => [operationName(document), document]));
  const texts = pages.map((page) => [page, read(page) ?? ''] as const);
  return Object.fromEntries(
    texts
      .filter(([, text]) => text.includes('```graphql') || text.includes('<!-- snippet: '))
      .map(([page, text]) => [page, embedSnippets(embedOperations(text, operations), read)]),
  );
}

/** Returns the typed operations of the web shop, a file for each file of GraphQL. */
async function shopOperations(): Promise<Record<string, string>> {
  const folder = 'src/web/shop/api/operations';
  const files: Record<string, string> = {};
  for (const name of globSync('*.graphql', { cwd: path.join(root, folder) })) {
    const text = read(`${folder}/${name}`) ?? '';
    const usesFragments = name !== 'fragments.graphql' && text.includes('...');
    const fragments = usesFragments ? (read(`${folder}/fragments.graphql`) ?? '') : null;
    const operations = { name, text, fragments };
    files[`${folder}/${name.replace(/graphql$/, 'ts')}`] = await printShopOperations(
      read('schema.graphql') ?? '',
      operations,
    );
  }
  return files;
}

/** Returns docs/scaling.md with its tables computed again. */
function scalingPage(): Promise<string> {
  const page = Object.entries(scaling.blocks).reduce(
    (text, [name, block]) => replaceBlock(text, `capacity:${name}`, block),
    read('docs/scaling.md') ?? '',
  );
  return format(page, options);
}

/** Returns the text of a file, '' for a folder, or undefined if there is neither. */
function read(name: string): string | undefined {
  const file = path.join(root, name);
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isDirectory() ? '' : stats && readFileSync(file, 'utf8');
}
