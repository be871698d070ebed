import { execFileSync } from 'node:child_process';

/** The version of promtool, or null if it is not in PATH. Debian has it in the package `prometheus`. */
export const promtoolVersion = readVersion();

function readVersion(): string | null {
  try {
    const output = execFileSync('promtool', ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.split(' (')[0]?.replace(', version', '') ?? null;
  } catch {
    return null;
  }
}
