// Rejects phrases in docs and comments that have a plainer form. The patterns are written so that none matches itself.

/** A space, or a line break inside a comment. */
const gap = String.raw`\s+(?:(?:\*|//)\s+)?`;

const rules: readonly { readonly pattern: RegExp; readonly advice: string }[] = [
  { pattern: /\bwho[e]ver\b/gi, advice: 'name the actor, such as "a client that"' },
  { pattern: /\ba[n]ew\b/gi, advice: 'write "again" or "new"' },
  { pattern: new RegExp(String.raw`\bfor${gap}ever\b`, 'gi'), advice: 'write "forever"' },
  {
    pattern: new RegExp(String.raw`\bnobody${gap}else\b`, 'gi'),
    advice: 'write "no one else", or name the actor',
  },
  {
    pattern: /(?<=\/\*\*\s+(?:\* )?)(?:Of|Whether) /g,
    advice: 'start a doc comment with a verb or a noun',
  },
];

const files = /^(?:src|scripts|docs)\/.*\.(?:[cm]?[jt]sx?|md)$/;

/** Returns the findings in one file, as `path:line: message`. */
export function findWordingErrors(file: string, text: string): string[] {
  if (!files.test(file)) return [];
  return rules.flatMap(({ pattern, advice }) =>
    [...text.matchAll(pattern)].map((match) => {
      const line = text.slice(0, match.index).split('\n').length;
      return `${file}:${line}: "${match[0].trim()}": ${advice}`;
    }),
  );
}
