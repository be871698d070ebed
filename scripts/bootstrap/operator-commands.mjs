/**
 * Scripts that an operator runs on a server in production, such as `scripts/audit.ts`. They run after `npm ci --omit=dev`,
 * so they may import only packages of `dependencies`, and the bootstrap installs no development packages for them.
 */
export const operatorCommands = [
  'audit',
  'db-roles',
  'export-lobby',
  'import-plan',
  'inspect',
  'migrate',
  'partition',
  'read-only',
  'reset',
  'restored',
  'revoke-token',
  'start',
  'token',
  'verify-draw',
].map((name) => `scripts/${name}.ts`);
