import { findNameFault, isVisible, toNameKey } from '../names.ts';
import { isRecord } from './count-plan.ts';
import type { Point } from './plan-file.ts';
import { quote } from './plan-faults.ts';
import type { FaultList } from './plan-faults.ts';
import { planLimits } from './plan-limits.ts';
import { decorationShape, readShape, rowShape, seatShape, zoneShape } from './plan-shapes.ts';
import { add, readAreas } from './read-areas.ts';
import { fillLabel, formatLabel, seatLabel } from './seat-label.ts';
import type { PlanArea, PlanSeat } from './seating-plan.ts';

/** The results of reading zones, and the names that must be unique across all of them. */
type Reading = {
  faults: FaultList;
  /** Null if the plan has no list of categories: that is one fault, instead of one for each seat. */
  categories: ReadonlyMap<string, number> | null;
  seats: PlanSeat[];
  areas: PlanArea[];
  guidPaths: Map<string, string>;
  /** By `toNameKey`, like `labelPaths`, so that names that look alike are equal. */
  sectionPaths: Map<string, string>;
  labelPaths: Map<string, string>;
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
    labelPaths: new Map(),
  };
  zones.forEach((zone, index) => readZone(reading, zone, index));
  return { seats: reading.seats, areas: reading.areas };
}

function readZone(reading: Reading, value: unknown, index: number): void {
  const { faults } = reading;
  const path = `zones[${index}]`;
  const hasSeats = isRecord(value) && Array.isArray(value['rows']) && value['rows'].length > 0;
  const zone = readShape(hasSeats ? zoneShape : decorationShape, value, path, faults);
  const section = hasSeats ? readSectionName(reading, value, index) : null;
  // The rows of an invalid zone are read too, so that all faults are listed.
  const origin = zone?.position ?? { x: 0, y: 0 };
  const rows = zone?.rows ?? (hasSeats ? (value['rows'] as unknown[]) : []);
  rows.forEach((row, at) => readRow(reading, row, { path: `${path}.rows[${at}]`, section, origin }));
  for (const area of readAreas(zone?.areas ?? [], origin, `${path}.areas`, faults)) reading.areas.push(area);
}

/** Returns the name of a zone with seats: `name`, an ID, or its position in the list. Null if it is invalid. */
function readSectionName(reading: Reading, zone: Record<string, unknown>, index: number): string | null {
  const path = `zones[${index}]`;
  // zoneShape has reported a name of the wrong type.
  if (zone['name'] !== undefined && typeof zone['name'] !== 'string') return null;
  for (const key of ['name', 'zone_id', 'uuid']) {
    const name = zone[key];
    if (typeof name !== 'string' || !isVisible(name)) continue;
    const fault = findNameFault(name, planLimits.zoneNameLengthMax);
    if (fault !== null) reading.faults.add(`${path}.${key}`, `The name of the zone ${fault}`);
    return fault === null && isUniqueName(reading, name, `${path}.${key}`) ? name : null;
  }
  const name = `Zone ${index + 1}`;
  return isUniqueName(reading, name, path) ? name : null;
}

/** Checks that the name is unique: seats are looked up by section name, and tickets show only the name. */
function isUniqueName(reading: Reading, name: string, path: string): boolean {
  const first = reading.sectionPaths.get(toNameKey(name)); // guard: zone-name-lookalikes
  if (first === undefined) {
    reading.sectionPaths.set(toNameKey(name), path);
    return true;
  }
  reading.faults.add(
    path,
    `The zone name ${quote(name)} is already used by ${first}. Zone names must be unique.`,
  );
  return false;
}

/** `section` is null if the zone's name is invalid: then the labels of its seats are not checked. */
type RowPlace = { path: string; section: string | null; origin: Point };

function readRow(reading: Reading, value: unknown, place: RowPlace): void {
  const row = readShape(rowShape, value, place.path, reading.faults);
  const seats =
    row?.seats ?? (isRecord(value) && Array.isArray(value['seats']) ? (value['seats'] as unknown[]) : []);
  const origin = add(place.origin, row?.position);
  const number = row?.row_number ?? '';
  const addTooLong = (what: string, inserted: string): void =>
    reading.faults.add(`${place.path}.${what}`, tooLong(what, inserted));
  const seatPlace: SeatPlace = {
    section: place.section ?? '',
    row: number,
    rowLabel: fillLabel(row?.row_label, number, () => addTooLong('row_label', number)),
    seatLabelFor: (seat) => fillLabel(row?.seat_label, seat, () => addTooLong('seat_label', seat)),
    origin,
    isLabeled: place.section !== null && row !== null,
  };
  for (let index = 0; index < seats.length; index++) {
    readSeat(reading, seats[index], seatPlace, `${place.path}.seats[${index}]`);
  }
}

type SeatPlace = {
  section: string;
  row: string;
  rowLabel: string | null;
  seatLabelFor: (number: string) => string | null;
  origin: Point;
  isLabeled: boolean;
};

function readSeat(reading: Reading, value: unknown, place: SeatPlace, path: string): void {
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
      `The plan has no category ${quote(seat.category)}. Use the name of one of its categories.`,
    );
    return;
  }
  const { section, row, origin } = place;
  const number = seat.seat_number;
  const label = place.isLabeled ? readLabel(reading, number, place, path) : null;
  const { x, y } = add(origin, seat.position);
  seats.push({
    index: seats.length,
    guid: seat.seat_guid,
    section,
    row,
    number,
    category,
    x,
    y,
    ...(label === null || label === seatLabel(section, row, number) ? {} : { label }),
  });
}

/** Builds a seat's label and checks that it is unique: two tickets with the same label would mean the same chair. */
function readLabel({ faults, labelPaths }: Reading, number: string, place: SeatPlace, path: string): string {
  const { section, row, rowLabel } = place;
  const label = formatLabel({ section, row, number, rowLabel, seatLabel: place.seatLabelFor(number) });
  // A part with a trailing space, such as the zone "Main ", looks like one without.
  const key = toNameKey(label).replaceAll(' ,', ',');
  const first = labelPaths.get(key);
  // guard: unique-seat-label
  if (first === undefined) labelPaths.set(key, path);
  else faults.add(path, `The label ${quote(label)} is already used by ${first}. Seat labels must be unique.`);
  return label;
}

function tooLong(what: string, number: string): string {
  const { labelLengthMax: max } = planLimits;
  return `${what} has more than ${max} characters when it includes ${quote(number)}; at most ${max} are allowed.`;
}

function checkGuid(reading: Reading, guid: string, path: string): void {
  const first = reading.guidPaths.get(guid);
  if (first === undefined) reading.guidPaths.set(guid, path);
  else
    reading.faults.add(
      path,
      `seat_guid ${quote(guid)} is already used by ${first}. Each seat must have a unique seat_guid.`,
    );
}
