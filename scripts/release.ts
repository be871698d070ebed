// `npm run release`: applies the changesets.
import { refuseArguments, ROOT, runCommand } from './local/command.ts';
import { release } from './release/release.ts';

await runCommand(async () => {
  refuseArguments('release');
  const released = await release(ROOT);
  process.stdout.write(
    released.length === 0
      ? 'There are no changesets, so there is nothing to release.\n'
      : `Released ${released.join(' and ')}. Next: npm install --package-lock-only, commit, and tag.\n`,
  );
});
