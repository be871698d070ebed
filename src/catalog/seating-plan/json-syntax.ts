import { planLimits } from './plan-limits.ts';

/**
 * Scans the text without building values. Returns why it must not be passed to JSON.parse, or null. JSON.parse cannot
 * be interrupted, and takes 15 seconds for 60 MB of brackets.
 */
export function refuseHostileJson(text: string): string | null {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = findEndOfString(text, at);
    } else if (code === 0x5b || code === 0x7b) {
      values += 1;
      if (++depth > planLimits.nestingMax) {
        return `The JSON is nested more than ${planLimits.nestingMax} levels deep at ${formatPosition(text, at)}; a seating plan needs only seven.`;
      }
    } else if (code === 0x5d || code === 0x7d) {
      depth -= 1;
    } else if (code === 0x2c && ++values > planLimits.jsonValuesMax) {
      return `The JSON has more than ${planLimits.jsonValuesMax} values, the maximum for a seating plan.`;
    }
  }
  return null;
}

/** Describes why JSON.parse rejected a text, with line and column. */
export function explainSyntaxError(text: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const known = /^(.*?)(?: in JSON)? at position (\d+)/s.exec(message);
  if (known?.[1] !== undefined)
    return `Invalid JSON: ${known[1]} at ${formatPosition(text, Number(known[2]))}.`;
  const at = findUnexpectedToken(text);
  if (at >= text.length)
    return `Invalid JSON: unexpected end of text at ${formatPosition(text, text.length)}.`;
  return `Invalid JSON: unexpected ${JSON.stringify(text.charAt(at))} at ${formatPosition(text, at)}, where a value is expected.`;
}

/**
 * Finds the position of the only error for which V8 reports none: a token where a value is expected. That is the first
 * word that is not a value, or punctuation right after `,`, `:` or `[`.
 */
function findUnexpectedToken(text: string): number {
  const token = /[^\s",:[\]{}]+|[",:[\]{}]/g;
  const value = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
  let before = ',';
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found] = match;
    if (found === '"') {
      token.lastIndex = findEndOfString(text, match.index) + 1;
    } else if (/^[,:\]}]$/.test(found)) {
      const isEmptyArray = found === ']' && before === '[';
      if (/[,:[]/.test(before) && !isEmptyArray) return match.index;
    } else if (!/^[[{]$/.test(found) && !value.test(found)) {
      return match.index;
    }
    before = found;
  }
  return text.length;
}

/** Returns the position of the closing quote of the string that begins at `start`, or the end of the text. */
function findEndOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at;
    if (code === 0x5c) at += 1;
  }
  return text.length;
}

function formatPosition(text: string, at: number): string {
  let line = 1;
  let lineStart = 0;
  for (let end = text.indexOf('\n'); end !== -1 && end < at; end = text.indexOf('\n', end + 1)) {
    line += 1;
    lineStart = end + 1;
  }
  return `line ${line}, column ${at - lineStart + 1}`;
}
