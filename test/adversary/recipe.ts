/**
 * Bytes as a recipe, small enough to read and to keep as JSON, whatever their number: text, parts in order, a part many
 * times, its number within the repetition, or bytes that are no UTF-8.
 */
export type Recipe =
  | string
  | readonly Recipe[]
  | { readonly repeat: Recipe; readonly times: number }
  | { readonly number: true }
  | { readonly hex: string };

/** An attack is never larger than this, whatever its multipliers multiply to. */
const BYTES_MAX = 2 * 1024 * 1024;

export function render(recipe: Recipe, number = 0): Buffer {
  const parts: Buffer[] = [];
  append(recipe, number, parts, { left: BYTES_MAX });
  return Buffer.concat(parts);
}

/** JSON text of any value, with recipes for whatever in it is large. */
export function quoted(recipe: Recipe): Recipe {
  return typeof recipe === 'string' ? JSON.stringify(recipe) : ['"', escaped(recipe), '"'];
}

/** The recipe within a JSON string. Bytes that are no UTF-8 stay as they are. */
function escaped(recipe: Recipe): Recipe {
  if (typeof recipe === 'string') return JSON.stringify(recipe).slice(1, -1);
  if ('repeat' in recipe) return { repeat: escaped(recipe.repeat), times: recipe.times };
  return isList(recipe) ? recipe.map(escaped) : recipe;
}

export function isList(recipe: Recipe): recipe is readonly Recipe[] {
  return Array.isArray(recipe);
}

interface Budget {
  left: number;
}

function append(recipe: Recipe, number: number, parts: Buffer[], budget: Budget): void {
  if (budget.left <= 0) return;
  if (typeof recipe === 'string') push(Buffer.from(recipe), parts, budget);
  else if (isList(recipe)) for (const part of recipe) append(part, number, parts, budget);
  else if ('hex' in recipe) push(Buffer.from(recipe.hex, 'hex'), parts, budget);
  else if ('number' in recipe) push(Buffer.from(String(number)), parts, budget);
  else if (typeof recipe.repeat === 'string') repeatText(recipe.repeat, recipe.times, parts, budget);
  else for (let i = 0; i < recipe.times && budget.left > 0; i++) append(recipe.repeat, i, parts, budget);
}

function repeatText(text: string, times: number, parts: Buffer[], budget: Budget): void {
  const bytes = Buffer.byteLength(text);
  if (bytes === 0) return;
  push(Buffer.alloc(bytes * Math.min(times, Math.ceil(budget.left / bytes)), text), parts, budget);
}

function push(bytes: Buffer, parts: Buffer[], budget: Budget): void {
  parts.push(bytes.subarray(0, budget.left));
  budget.left -= bytes.length;
}
