import path from 'node:path';

/** Path of tsc. The bootstrap finds a command only if its package has the same name. */
export const tsc = path.join(import.meta.dirname, '..', '..', 'node_modules', 'typescript', 'bin', 'tsc');
