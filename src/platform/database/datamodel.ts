import { getDatamodel } from '../../generated/pothos.ts';

/** Returns the Prisma datamodel for the schema builder. Other modules may import only types of generated code. */
export function readDatamodel(): ReturnType<typeof getDatamodel> {
  return getDatamodel();
}
