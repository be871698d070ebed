import type { Attack } from '../attack.ts';
import { isList, type Recipe } from '../recipe.ts';

/** Merges parts for readability; the bytes stay the same. */
export function tidy(attack: Attack): Attack {
  return withRecipes(attack, (recipe) => {
    const parts: Recipe[] = [];
    for (const part of partsOf(recipe)) {
      const last = parts.at(-1);
      if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part;
      else parts.push(part);
    }
    const [only = ''] = parts;
    return parts.length > 1 ? parts : only;
  });
}

/** Flattens nested lists, so that each part can be dropped alone. The bytes stay the same. */
export function flatten(attack: Attack): Attack {
  return withRecipes(attack, partsOf);
}

function partsOf(recipe: Recipe): readonly Recipe[] {
  if (recipe === '') return [];
  if (typeof recipe === 'string') return [recipe];
  if (isList(recipe)) return recipe.flatMap(partsOf);
  if (!('repeat' in recipe)) return [recipe];
  if (recipe.times === 0) return [];
  const parts = partsOf(recipe.repeat);
  const [only = ''] = parts;
  if (parts.length === 0) return [];
  return [{ repeat: parts.length > 1 ? parts : only, times: recipe.times }];
}

function withRecipes(attack: Attack, change: (recipe: Recipe) => Recipe): Attack {
  switch (attack.kind) {
    case 'http': {
      const { target, headers, body } = attack;
      return {
        ...attack,
        target: change(target),
        headers: headers.map(([name, value]) => [name, change(value)] as const),
        body: body === null ? null : change(body),
      };
    }
    case 'raw':
      return { ...attack, bytes: change(attack.bytes) };
    case 'socket':
      return {
        ...attack,
        messages: attack.messages.map((message) => ({ ...message, payload: change(message.payload) })),
      };
    case 'deaf':
      return attack;
  }
}
