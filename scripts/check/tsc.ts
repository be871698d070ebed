import path from 'node:path';

/** TypeScript's command is called tsc and its package typescript, so bootstrap can't find the one by the other. */
export const tsc = path.join(import.meta.dirname, '..', '..', 'node_modules', 'typescript', 'bin', 'tsc');
