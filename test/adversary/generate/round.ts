import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLSchema } from 'graphql';
import type { Attack, HttpAttack } from '../attack.ts';
import type { TargetEvents } from '../target/target.ts';
import { Documents } from './documents.ts';
import { Draw } from './draw.ts';
import { httpAttack, seriesOfRequests, stalledRequest, type Generators } from './http-attacks.ts';
import { crowdOfConnections, crowdOfStreams, crowdOfUnread, rawAttack } from './raw-attacks.ts';
import { crowdOfSockets, deafSockets, socketAttack } from './socket-attacks.ts';
import { Values } from './values.ts';

/** Attacks generated from a seed. */
export interface Round {
  /** Attacks to send a few at a time. */
  readonly quick: readonly Attack[];
  /** Attacks that run on their own, because the server needs seconds to drop them. */
  readonly stalled: readonly HttpAttack[];
  /** Attacks with many connections, sent one at a time because their memory is measured. */
  readonly crowds: readonly Attack[];
}

const QUICK = 200;
const STALLED = 4;
const CROWDS = 1;
/** One round in this many has the crowds that take longest. */
const GREAT_CROWDS_EVERY = 25;

/** Reads the schema that is printed for clients. */
export function readSchema(): GraphQLSchema {
  return buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'));
}

/** Generates the attacks of one round of a run. */
export function generateRound(
  schema: GraphQLSchema,
  events: TargetEvents,
  seed: number,
  number: number,
): Round {
  const sample = <T>(count: number, offset: number, make: (generators: Generators) => T): T[] =>
    Draw.sample(seed * 4 + number * 4 + offset, count, (draw) => {
      const values = new Values(draw, events);
      return make({ draw, values, documents: new Documents(draw, schema, values) });
    });
  const great = number % GREAT_CROWDS_EVERY === GREAT_CROWDS_EVERY - 1;
  return {
    quick: sample(QUICK, 0, (generators) => {
      const which = generators.draw.whole(0, 99);
      if (which < 58) return httpAttack(generators);
      return which < 90 ? socketAttack(generators) : rawAttack(generators.draw);
    }),
    stalled: sample(STALLED, 1, stalledRequest),
    crowds: [
      ...sample<Attack>(CROWDS, 2, (generators) => {
        const which = generators.draw.whole(0, 99);
        if (which < 60) return crowdOfSockets(generators, events);
        if (which < 73) return crowdOfStreams(generators, events);
        return which < 83 ? crowdOfUnread(generators, events) : seriesOfRequests(generators);
      }),
      ...(great
        ? sample<Attack>(1, 3, deafSockets).concat(sample(1, 3, ({ draw }) => crowdOfConnections(draw)))
        : []),
    ],
  };
}
