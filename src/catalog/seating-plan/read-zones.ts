import { isRecord } from './count-plan.ts';
import type { Point } from './plan-file.ts';
import { quote } from './plan-faults.ts';
import type { FaultList } from './plan-faults.ts';
import { decorationShape, readShape, rowShape, seatShape, zoneShape } from './plan-shapes.ts';
import { add, readAreas } from './read-areas.ts';
import type { PlanArea, PlanSeat } from './seating-plan.ts';

/** What the plan's zones are read into, and what must be looked up across all of them. */
type Reading = {
  faults: FaultList;
  /** Null where the plan has no list of them: then that is the fault, and not each seat's. */
  categories: ReadonlyMap<string, number> | null;
  seats: PlanSeat[];
  areas: PlanArea[];
  guidPaths: Map<string, string>;
  sectionPaths: Map<string, string>;
};

export function readZones(
  zones: unknown[],
  categories: ReadonlyMap<string, number> | null,
  faults: FaultList,
): { seats: PlanSeat[]; areas: PlanArea[] } {
  const reading: Reading = {
    faults,
    categories,
    seats: [],
    areas: [],
    guidPaths: new Map(),
    sectionPaths: new Map(),
  };
  zones.forEach((zone, index) => readZone(reading, zone, `zones[${index}]`));
  return { seats: reading.seats, areas: reading.areas };
}

function readZone(reading: Reading, value: unknown, path: string): void {
  const { faults } = reading;
  const hasSeats = isRecord(value) && Array.isArray(value['rows']) && value['rows'].length > 0;
  const zone = readShape(hasSeats ? zoneShape : decorationShape, value, path, faults);
  const name = isRecord(value) && typeof value['name'] === 'string' ? value['name'] : '';
  if (hasSeats && name !== '') checkSectionName(reading, name, `${path}.name`);
  // A zone with a fault of its own still has its rows read: every fault is listed, not only the first level's.
  const origin = zone?.position ?? { x: 0, y: 0 };
  const rows = zone?.rows ?? (hasSeats ? (value['rows'] as unknown[]) : []);
  rows.forEach((row, index) =>
    readRow(reading, row, { path: `${path}.rows[${index}]`, section: name, origin }),
  );
  for (const area of readAreas(zone?.areas ?? [], origin, `${path}.areas`, faults)) reading.areas.push(area);
}

/** Seats are looked up by their section's name, and a ticket shows no more than it: it must mean one zone. */
function checkSectionName(reading: Reading, name: string, path: string): void {
  const first = reading.sectionPaths.get(name);
  if (first === undefined) reading.sectionPaths.set(name, path);
  else
    reading.faults.add(
      path,
      `The zone name ${quote(name)} is already that of ${first}; each zone needs its own.`,
    );
}

type Place = { path: string; section: string; origin: Point };

function readRow(reading: Reading, value: unknown, place: Place): void {
  const row = readShape(rowShape, value, place.path, reading.faults);
  const seats =
    row?.seats ?? (isRecord(value) && Array.isArray(value['seats']) ? (value['seats'] as unknown[]) : []);
  const origin = add(place.origin, row?.position);
  const rowPlace = { ...place, row: row?.row_number ?? '', origin };
  for (let index = 0; index < seats.length; index++) {
    readSeat(reading, seats[index], rowPlace, `${place.path}.seats[${index}]`);
  }
}

function readSeat(reading: Reading, value: unknown, place: Place & { row: string }, path: string): void {
  const { faults, seats } = reading;
  const guid = isRecord(value) ? value['seat_guid'] : undefined;
  if (typeof guid === 'string' && guid !== '') checkGuid(reading, guid, `${path}.seat_guid`);
  const seat = readShape(seatShape, value, path, faults);
  if (seat === null) return;
  if (reading.categories === null) return;
  const category = reading.categories.get(seat.category);
  if (category === undefined) {
    faults.add(
      `${path}.category`,
      `There is no category ${quote(seat.category)}; it must be the name of one of the plan's.`,
    );
    return;
  }
  const { section, row, origin } = place;
  const { x, y } = add(origin, seat.position);
  seats.push({
    index: seats.length,
    guid: seat.seat_guid,
    section,
    row,
    number: seat.seat_number,
    category,
    x,
    y,
  });
}

function checkGuid(reading: Reading, guid: string, path: string): void {
  const first = reading.guidPaths.get(guid);
  if (first === undefined) reading.guidPaths.set(guid, path);
  else
    reading.faults.add(
      path,
      `seat_guid ${quote(guid)} is already that of ${first}; each seat needs its own.`,
    );
}
