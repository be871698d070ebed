import path from 'node:path';
import { parse, validate, type GraphQLSchema } from 'graphql';

/** The parts of the repository that documentation refers to. */
export interface Repository {
  readonly schema: GraphQLSchema;
  readonly npmScripts: readonly string[];
  /** Returns the text of a file, '' for a folder, or undefined if there is neither. */
  read(file: string): string | undefined;
}

const REPOSITORY_PATH = /^(?:src|test|scripts|loadtest|prisma|docs|examples)\/[\w./-]*\w\/?$/;

/** Returns the broken references of a Markdown page: links, anchors, paths, npm commands and GraphQL documents. */
export function pageErrors(page: string, repository: Repository): string[] {
  const text = repository.read(page) ?? '';
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '');
  return [
    ...[...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => linkErrors(page, link, repository)),
    ...[...prose.matchAll(/`([^`\s]+)`/g)].flatMap(([, code = '']) => pathErrors(code, repository)),
    ...[...text.matchAll(/\bnpm run (?:-s )?([a-z][\w:-]*)/g)].flatMap(([command, name = '']) =>
      repository.npmScripts.includes(name) ? [] : [`\`${command}\` does not exist`],
    ),
    ...[...text.matchAll(/^```graphql\n([\s\S]*?)^```$/gm)].flatMap(([, document = '']) =>
      validate(repository.schema, parse(document)).map(({ message }) => message),
    ),
  ].map((error) => `${page}: ${error}`);
}

function linkErrors(page: string, link: string, repository: Repository): string[] {
  if (/^[a-z]+:/.test(link)) return [];
  const [target = '', anchor] = link.split('#');
  const text = repository.read(target === '' ? page : path.posix.join(path.posix.dirname(page), target));
  if (text === undefined) return [`the link to ${link} leads nowhere`];
  const isKnown = anchor === undefined || getAnchors(text).includes(anchor);
  return isKnown ? [] : [`the link to ${link} names a heading that does not exist`];
}

/** Accepts a test's path without its extension, as `npm test` does. */
function pathErrors(code: string, repository: Repository): string[] {
  if (!REPOSITORY_PATH.test(code)) return [];
  const isThere = [code, `${code}.ts`, `${code}.test.ts`].some((file) => repository.read(file) !== undefined);
  return isThere ? [] : [`${code} does not exist`];
}

/** Returns the anchors of the headings in GitHub's form. */
function getAnchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/&\w+;|[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );
}
