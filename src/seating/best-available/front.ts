import type { PlanArea } from '../../catalog/seating-plan/seating-plan.ts';

/** A point of the plan. */
export interface Focus {
  readonly x: number;
  readonly y: number;
}

interface Bounds {
  readonly size: number;
  readonly middle: Focus;
}

const whatIsLookedAt = /stage|court|pitch|field|ring|rink|podium|screen|bühne/i;

/**
 * Where everybody looks: the middle of the largest area that is called a stage, court, pitch or the like, else of the
 * largest area, else of the plan's upper edge.
 */
export function frontOf(width: number, areas: readonly PlanArea[]): Focus {
  const bySize = areas.map((area) => ({ area, ...boundsOf(area) })).toSorted(compareBounds);
  const found = bySize.find(({ area }) => whatIsLookedAt.test(area.text?.text ?? '')) ?? bySize[0];
  return found?.middle ?? { x: width / 2, y: 0 };
}

/** The largest first; of equal ones the upper, then the left one, whichever the plan lists first. */
function compareBounds(a: Bounds, b: Bounds): number {
  return b.size - a.size || a.middle.y - b.middle.y || a.middle.x - b.middle.x;
}

function boundsOf(area: PlanArea): Bounds {
  switch (area.shape) {
    case 'rectangle':
      return {
        size: area.width * area.height,
        middle: { x: area.x + area.width / 2, y: area.y + area.height / 2 },
      };
    case 'circle':
      return { size: Math.PI * area.radius ** 2, middle: area };
    case 'ellipse':
      return { size: Math.PI * area.radiusX * area.radiusY, middle: area };
    case 'polygon': {
      const xs = area.points.map((point) => point.x);
      const ys = area.points.map((point) => point.y);
      const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
      return {
        size: (right - left) * (bottom - top),
        middle: { x: (left + right) / 2, y: (top + bottom) / 2 },
      };
    }
    case 'text':
      return { size: 0, middle: area };
  }
}
