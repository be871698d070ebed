interface Point {
  readonly x: number;
  readonly y: number;
}

/** The keys of a seating plan that the picture needs. */
export interface Plan {
  readonly size: { readonly width: number; readonly height: number };
  readonly zones: readonly {
    readonly name: string;
    readonly position: Point;
    readonly areas?: readonly {
      readonly position: Point;
      readonly width: number;
      readonly height: number;
      readonly text: string;
    }[];
    readonly rows: readonly {
      readonly position: Point;
      readonly seats: readonly { readonly position: Point }[];
    }[];
  }[];
}

const MARGIN = 40;
const LEGEND_HEIGHT = 90;
const colors = { AVAILABLE: '#3aa757', HELD: '#f4b400', BOOKED: '#9aa0a6', BLOCKED: '#3c4043' };
type Status = keyof typeof colors;

/** Renders the plan in the middle of a sale as SVG, with invented statuses that are the same each time. */
export function renderSeatMap(plan: Plan): string {
  const seats: Record<Status, Point[]> = { AVAILABLE: [], HELD: [], BOOKED: [], BLOCKED: [] };
  const random = createRandom(7);
  let status: Status = 'AVAILABLE';
  let seatsLeft = 0;
  for (const zone of plan.zones)
    for (const row of zone.rows)
      for (const seat of row.seats) {
        if (seatsLeft-- === 0) {
          // Groups of up to four seats have the same status.
          status = pickStatus(random());
          seatsLeft = 1 + Math.floor(random() * 4);
        }
        seats[status].push({
          x: MARGIN + zone.position.x + row.position.x + seat.position.x,
          y: MARGIN + zone.position.y + row.position.y + seat.position.y,
        });
      }
  const width = plan.size.width + 2 * MARGIN;
  const height = plan.size.height + 2 * MARGIN + LEGEND_HEIGHT;
  const statuses = Object.keys(colors) as Status[];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="36">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...plan.zones.flatMap(({ position, areas = [] }) => areas.map((area) => renderArea(position, area))),
    ...statuses.map((name) => `<path d="${seats[name].map(dot).join('')}" ${stroke(name)}/>`),
    ...statuses.map((name, i) => {
      const x = MARGIN + 20 + i * 420;
      const y = height - LEGEND_HEIGHT / 2;
      const text = `<text x="${x + 30}" y="${y + 12}" fill="#202124">${name}, ${seats[name].length}</text>`;
      return `<path d="${dot({ x, y })}" ${stroke(name)}/>${text}`;
    }),
    '</svg>\n',
  ].join('\n');
}

function renderArea(origin: Point, area: NonNullable<Plan['zones'][number]['areas']>[number]): string {
  const x = MARGIN + origin.x + area.position.x;
  const y = MARGIN + origin.y + area.position.y;
  const rect = `<rect x="${x}" y="${y}" width="${area.width}" height="${area.height}" fill="#f1f3f4" stroke="#888"/>`;
  const [textX, textY] = [x + area.width / 2, y + area.height / 2 + 12];
  return `${rect}<text x="${textX}" y="${textY}" text-anchor="middle" fill="#5f6368">${area.text}</text>`;
}

/** Returns a line of zero length, whose round cap is the seat. */
function dot({ x, y }: Point): string {
  return `M${Math.round(x)} ${Math.round(y)}h0`;
}

function stroke(status: Status): string {
  return `stroke="${colors[status]}" stroke-width="20" stroke-linecap="round"`;
}

function pickStatus(random: number): Status {
  if (random < 0.5) return 'AVAILABLE';
  if (random < 0.62) return 'HELD';
  return random < 0.98 ? 'BOOKED' : 'BLOCKED';
}

/** Returns a linear congruential generator, so that the picture is the same each time. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
