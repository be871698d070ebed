import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import applyReleasePlan from '@changesets/apply-release-plan';
import { planRelease } from './plan-release.ts';

/**
 * Raises the versions by the changesets, moves their texts to the changelogs, and makes the schema the one of the last
 * release. Returns each released package with its version.
 */
export async function release(root: string): Promise<string[]> {
  const { plan, packages, config } = await planRelease(root);
  if (plan.changesets.length === 0) return [];
  await applyReleasePlan(plan, packages, config, undefined, root);
  copyFileSync(path.join(root, 'schema.graphql'), path.join(root, 'releases/schema.graphql'));
  writeFileSync(path.join(root, 'releases/breaking-changes.json'), '{}\n');
  return plan.releases.map(({ name, newVersion }) => `${name} ${newVersion}`);
}
