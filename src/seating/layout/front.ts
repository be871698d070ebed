import type { PlanArea } from '../../catalog/seating-plan/seating-plan.ts';

/** A point in the plan's coordinates. */
export interface Focus {
  readonly x: number;
  readonly y: number;
}

interface Bounds {
  readonly size: number;
  readonly middle: Focus;
}

const stageNames = /stage|court|pitch|field|ring|rink|podium|screen|bühne/i;

/**
 * Returns the point that the seats face: the middle of the largest area that is named stage, court, pitch or the like. If
 * there is none, the middle of the largest area, or else of the upper edge.
 */
export function findFront(width: number, areas: readonly PlanArea[]): Focus {
  const bySize = areas.map((area) => ({ area, ...measure(area) })).toSorted(compareBounds);
  const found = bySize.find(({ area }) => stageNames.test(area.text?.text ?? '')) ?? bySize[0];
  return found?.middle ?? { x: width / 2, y: 0 };
}

/** Sorts the largest area first. Ties go to the upper, then to the left one, so that the order in the plan is irrelevant. */
function compareBounds(a: Bounds, b: Bounds): number {
  return b.size - a.size || a.middle.y - b.middle.y || a.middle.x - b.middle.x;
}

function measure(area: PlanArea): Bounds {
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
