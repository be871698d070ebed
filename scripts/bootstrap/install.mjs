// Installs the dependencies if node_modules is missing or does not match package-lock.json.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Returns why an install is needed, or null if it is not. Compares package-lock.json with the lock file that npm writes to
 * node_modules at the end of every install. Optional packages may be missing, because they are for another platform.
 * Development packages may be missing if the command does not need them (`npm ci --omit=dev`).
 *
 * @param {string} root
 * @param {boolean} needsDev
 * @returns {string | null}
 */
export function reasonToInstall(root, needsDev) {
  const installedFile = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(path.join(root, 'node_modules'))) return 'node_modules is missing';
  if (!existsSync(installedFile)) return 'the last install did not finish';
  const wanted = readPackages(path.join(root, 'package-lock.json'));
  const installed = readPackages(installedFile);
  for (const [location, entry] of Object.entries(wanted)) {
    if (location === '') continue;
    const have = installed[location];
    if (have === undefined) {
      // guard: no-dev-packages-in-production
      if (entry.optional || (entry.dev && !needsDev) || entry.devOptional) continue;
      return `${packageName(location)} is not installed`;
    }
    if (have.version !== entry.version || have.integrity !== entry.integrity) {
      return `${packageName(location)} is ${have.version}, expected ${entry.version}`;
    }
  }
  return null;
}

/**
 * @param {string} root
 * @param {boolean} needsDev installs the development packages even if npm is configured, or NODE_ENV is set, for production
 */
export async function install(root, needsDev) {
  // npm must not run on the Node inside the node_modules that it is about to replace.
  const bin = path.join(root, 'node_modules', '.bin');
  const searchPath = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== bin);
  const env = { ...process.env, PATH: searchPath.join(path.delimiter) };
  const npm = spawn(
    'npm',
    ['ci', '--no-progress', '--loglevel=error', ...(needsDev ? ['--include=dev'] : [])],
    {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  npm.stdout.on('data', (chunk) => (output += chunk));
  npm.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => {
    npm.on('error', reject);
    npm.on('close', resolve);
  });
  if (code !== 0) throw new Error(`npm ci failed with exit code ${code}:\n\n${output.trim()}`);
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

function packageName(location) {
  return location.split('node_modules/').at(-1);
}
