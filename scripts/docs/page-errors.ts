import path from 'node:path';
import GithubSlugger from 'github-slugger';
import { parse, validate, type GraphQLSchema } from 'graphql';

/** The parts of the repository that documentation refers to. */
export interface Repository {
  readonly schema: GraphQLSchema;
  readonly npmScripts: readonly string[];
  /** Returns the text of a file, '' for a folder, or undefined if there is neither. */
  read(file: string): string | undefined;
}

const REPOSITORY_PATH = /^(?:src|test|scripts|loadtest|prisma|docs)\/[\w./-]*\w\/?$/;
/** Folders that commands write. A fresh clone does not have them. */
const BUILT_PATH = /^src\/(?:generated|web\/shop\/dist)(?:\/|$)/;

/** Returns the broken references of a Markdown page: links, anchors, paths, npm commands and GraphQL documents. */
export function pageErrors(page: string, repository: Repository): string[] {
  const text = repository.read(page) ?? '';
  const prose = dropFences(text);
  return [
    ...findLinks(prose).flatMap((link) => linkErrors(page, link, repository)),
    ...[...prose.matchAll(/`([^`\s]+)`/g)].flatMap(([, code = '']) => pathErrors(code, repository)),
    ...[...text.matchAll(/\bnpm run (?:-s )?([a-z][\w:-]*)/g)].flatMap(([command, name = '']) =>
      repository.npmScripts.includes(name) ? [] : [`\`${command}\` does not exist`],
    ),
    ...[...text.matchAll(/^```graphql\n([\s\S]*?)^```$/gm)].flatMap(([, document = '']) =>
      validate(repository.schema, parse(document)).map(({ message }) => message),
    ),
  ].map((error) => `${page}: ${error}`);
}

function dropFences(text: string): string {
  return text.replaceAll(/^( *)(`{3,})[^\n]*\n[\s\S]*?^\1\2$/gm, '');
}

/** Returns the targets of links and images, inline or by reference, and of HTML attributes. */
function findLinks(prose: string): string[] {
  const withoutCode = prose.replaceAll(/`[^`\n]+`/g, '``');
  const links = [
    ...withoutCode.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g),
    ...withoutCode.matchAll(/^ {0,3}\[[^\]^][^\]]*\]:\s*<?([^\s>]+)/gm),
    ...withoutCode.matchAll(/\b(?:href|src|srcset)="([^"]+)"/g),
  ];
  return links.map(([, link = '']) => link);
}

function linkErrors(page: string, link: string, repository: Repository): string[] {
  if (/^[a-z]+:/.test(link)) return [];
  const [target = '', anchor] = decodeURI(link).split('#');
  const file = target === '' ? page : path.posix.join(path.posix.dirname(page), target);
  const text = repository.read(file);
  // A browser resolves a path from the root against the host, not against the repository.
  if (text === undefined || target.startsWith('/') || file.startsWith('../'))
    return [`the link to ${link} leads nowhere`];
  if (anchor === undefined) return [];
  if (!file.endsWith('.md'))
    return isLineOf(anchor, text) ? [] : [`the link to ${link} names no line of the file`];
  return getAnchors(text).includes(anchor) ? [] : [`the link to ${link} names a heading that does not exist`];
}

/** Returns whether `L10` or `L10-L20` names lines of a file. */
function isLineOf(anchor: string, text: string): boolean {
  const lines = /^L(\d+)(?:-L(\d+))?$/.exec(anchor);
  const count = text.split('\n').length;
  return (
    lines !== null &&
    [lines[1], lines[2] ?? lines[1]].every((line) => Number(line) >= 1 && Number(line) <= count)
  );
}

/** Accepts a test's path without its extension, as `npm test` does. */
function pathErrors(code: string, repository: Repository): string[] {
  if (!REPOSITORY_PATH.test(code) || BUILT_PATH.test(code)) return [];
  const isThere = [code, `${code}.ts`, `${code}.test.ts`].some((file) => repository.read(file) !== undefined);
  return isThere ? [] : [`${code} does not exist`];
}

/** Returns the anchors of a page: those that GitHub gives its headings, and those of HTML elements. */
function getAnchors(text: string): string[] {
  const slugger = new GithubSlugger();
  const prose = dropFences(text);
  const headings = [...prose.matchAll(/^#{1,6} +(.*?)(?: +#+)?$/gm)].map(([, heading = '']) =>
    slugger.slug(
      heading
        .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replaceAll(/&\w+;/g, '')
        .trim(),
    ),
  );
  const named = [...prose.matchAll(/\b(?:id|name)="([^"]+)"/g)].map(([, name = '']) => name);
  return [...headings, ...named];
}
