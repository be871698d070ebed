import type { GraphQLError, GraphQLResolveInfo } from 'graphql';

/** A place in the response. */
export type Path = GraphQLResolveInfo['path'];

/** The errors of one execution. Fields below a place that an error has made null report nothing more. */
export class CollectedErrors {
  readonly errors: GraphQLError[] = [];
  /** The places that are null because of an error. Undefined is the whole response. */
  readonly #places = new Set<Path | undefined>();

  add(error: GraphQLError, path: Path | undefined): void {
    if (this.#isNull(path)) return;
    this.#places.add(path);
    this.errors.push(error);
  }

  #isNull(path: Path | undefined): boolean {
    for (let place = path; place !== undefined; place = place.prev) if (this.#places.has(place)) return true;
    return this.#places.has(undefined);
  }
}

export function pathToArray(path: Path): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let place: Path | undefined = path; place !== undefined; place = place.prev) keys.push(place.key);
  return keys.reverse();
}
