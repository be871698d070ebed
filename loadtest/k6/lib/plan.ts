import { SharedArray } from 'k6/data';
import type { Plan } from './plan-format.ts';

function pathFrom(name: string): string {
  const file = __ENV[name];
  if (file === undefined) throw new Error(`${name} is missing. Start this script with npm run loadtest.`);
  return file;
}

export const plan = JSON.parse(open(pathFrom('PLAN'))) as Plan;

/** One access token per buyer, in memory that all virtual users share. */
const tokens = new SharedArray<string>('tokens', () => JSON.parse(open(pathFrom('TOKENS'))) as string[]);

/** Indexes of the seats that are free at the start. */
const seats = new SharedArray<number>('seats', () => JSON.parse(open(pathFrom('SEATS'))) as number[]);

/** Returns a seat that is free at the start. Further ranks are the same seats again. */
export function seatAt(rank: number): number {
  return seats[rank % seats.length] ?? 0;
}

/** Returns the token of a buyer. Further buyers are the same ones again. */
export function tokenOf(buyer: number): string {
  return tokens[buyer % tokens.length] ?? '';
}
