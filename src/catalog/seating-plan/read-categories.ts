import { isRecord } from './count-plan.ts';
import { toNameKey } from '../names.ts';
import { quote } from './plan-faults.ts';
import type { FaultList } from './plan-faults.ts';
import { planLimits } from './plan-limits.ts';
import { categoryShape, readShape } from './plan-shapes.ts';
import type { PlanCategory } from './seating-plan.ts';

// Clients draw with the color of a category, so any other value than a CSS hex color is replaced by a default.
const hexColor = /^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i;
const colorDefault = '#808080';

/** Reads the categories and an index by their names. */
export function readCategories(
  values: unknown[],
  faults: FaultList,
): { categories: PlanCategory[]; indexByName: Map<string, number> } {
  const { categoriesMax } = planLimits;
  if (values.length > categoriesMax) {
    faults.add(
      'categories',
      `The plan has ${values.length} categories; at most ${categoriesMax} are allowed.`,
    );
  }
  const categories: PlanCategory[] = [];
  const indexByName = new Map<string, number>();
  const indexByKey = new Map<string, number>();
  values.forEach((value, index) => {
    const path = `categories[${index}]`;
    // Names beyond the limit are still indexed, so that their seats do not cause further faults.
    const category = index < categoriesMax ? readShape(categoryShape, value, path, faults) : null;
    if (category !== null) categories.push({ name: category.name, color: hexOrDefault(category.color) });
    const name = isRecord(value) ? value['name'] : undefined;
    if (typeof name !== 'string') return;
    if (!indexByName.has(name)) indexByName.set(name, index);
    const first = indexByKey.get(toNameKey(name));
    if (first === undefined) indexByKey.set(toNameKey(name), index);
    else
      faults.add(
        `${path}.name`,
        `The name ${quote(name)} is already used by categories[${first}]. Category names must be unique.`,
      );
  });
  return { categories, indexByName };
}

function hexOrDefault(color: string | undefined): string {
  return color !== undefined && hexColor.test(color) ? color : colorDefault;
}
