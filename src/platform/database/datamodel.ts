import { getDatamodel } from '../../generated/pothos.ts';

/** The Prisma datamodel, for the schema builder: rooms other than this one see only the types of what is generated. */
export function readDatamodel(): ReturnType<typeof getDatamodel> {
  return getDatamodel();
}
