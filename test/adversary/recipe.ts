/**
 * A compact description of bytes, readable and storable as JSON whatever their number: text, a sequence of parts, a
 * repeated part, the number of the repetition, or bytes that are not UTF-8.
 */
export type Recipe =
  | string
  | readonly Recipe[]
  | { readonly repeat: Recipe; readonly times: number }
  | { readonly number: true }
  | { readonly hex: string };

/** Maximum size of an attack, whatever its multipliers yield. */
const BYTES_MAX = 2 * 1024 * 1024;

export function render(recipe: Recipe, number = 0): Buffer {
  const parts: Buffer[] = [];
  append(recipe, number, parts, { left: BYTES_MAX });
  return Buffer.concat(parts);
}

/** Returns the JSON text of a string, with recipes for large parts. */
export function quoted(recipe: Recipe): Recipe {
  return typeof recipe === 'string' ? JSON.stringify(recipe) : ['"', escaped(recipe), '"'];
}

/** Escapes a recipe for a JSON string. Bytes that are not UTF-8 stay unchanged. */
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
