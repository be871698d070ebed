// `npm run -s sbom`: prints a CycloneDX bill of materials of what `npm ci --omit=dev` installs.
import { spawnSync } from 'node:child_process';
import { refuseArguments, ROOT, runCommand } from './local/command.ts';

await runCommand(() => {
  refuseArguments('sbom');
  const options = ['--sbom-format=cyclonedx', '--sbom-type=application', '--omit=dev', '--package-lock-only'];
  const { status, stdout, stderr, error } = spawnSync('npm', ['sbom', ...options], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`npm sbom failed:\n${stderr.trim()}`);
  process.stdout.write(stdout);
});
