/*
 * Rules for all texts that organizers write and others read: names of events, venues, tiers, categories and zones, row
 * and seat numbers, and labels. They reject characters that PostgreSQL cannot store (NUL, lone surrogates) and those
 * that make a text look like another one (invisible or reordering characters).
 */

// Controls, line and paragraph separators, private-use and unassigned characters, lone surrogates, and bidirectional
// embeddings, overrides and isolates. LRM, RLM, ZWJ and ZWNJ are allowed: Hebrew, Persian and emoji need them.
const refused = /[\p{Cc}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}\u202A-\u202E\u2066-\u2069]/u;
const refusedRuns = new RegExp(`${refused.source}+`, 'gu');
const invisible = /[\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Returns what is wrong with a name, as the end of a sentence that starts with its field; null if it is valid. Empty
 * and invisible texts are valid only if `lengthMin` is 0. Lengths count code points.
 */
export function findNameFault(name: string, lengthMax: number, lengthMin: 0 | 1 = 1): string | null {
  const right = `it must have ${lengthMin} to ${lengthMax} characters`;
  const length = name.length <= lengthMax ? name.length : countCodePoints(name);
  if (length > lengthMax) return `has ${length} characters; ${right}.`;
  const found = refused.exec(name)?.[0];
  // guard: name-characters
  if (found !== undefined) return `contains ${describeCharacter(found)}, which is not allowed. Remove it.`;
  if (name === '' && lengthMin === 1) return `is empty; ${right}.`;
  return isVisible(name) || lengthMin === 0 // guard: visible-name
    ? null
    : `has no visible characters; ${right}, at least one of them visible.`;
}

/** Returns whether a text has at least one visible character. */
export function isVisible(text: string): boolean {
  return text.replace(invisible, '') !== '';
}

/**
 * Normalizes a name so that names that look alike are equal: NFC, no invisible characters, spaces folded and trimmed.
 */
export function toNameKey(name: string): string {
  const visible = name.normalize('NFC').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  return visible.replace(/[\p{White_Space}\u2800]+/gu, ' ').trim();
}

/** Makes any text drawable: replaces characters that a name cannot have by spaces, and cuts it. */
export function toDrawableText(text: string, lengthMax: number): string {
  // Cuts first, because the text may have megabytes.
  const start = text.slice(0, lengthMax * 2);
  return Array.from(start.replace(refusedRuns, ' ')).slice(0, lengthMax).join('');
}

function countCodePoints(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const isLow = (text.charCodeAt(at) & 0xfc00) === 0xdc00;
    if (isLow && at > 0 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800) continue;
    count++;
  }
  return count;
}

function describeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  if (code >= 0xd800 && code <= 0xdfff) return `a broken character (half of a surrogate pair, ${name})`;
  return /\p{Cc}/u.test(character) ? `the control character ${name}` : `the character ${name}`;
}
