import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const repository = path.join(import.meta.dirname, '..', '..');

export interface Finding {
  /** Path inside the sample, such as `src/booking/rules/decide.ts`. */
  readonly file: string;
  /** Name of the rule as oxlint prints it, such as `eslint(no-restricted-imports)`. */
  readonly rule: string;
}

interface OxlintReport {
  readonly diagnostics: readonly { readonly filename: string; readonly code?: string }[];
  readonly number_of_files: number;
}

/** Lints sample files in a temporary folder with this repository's oxlint configuration. */
export function lintSample(files: Readonly<Record<string, string>>): Finding[] {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'sellout-lint-')));
  try {
    const all = { ...projectFiles(), ...files };
    for (const [name, text] of Object.entries(all)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    return runOxlint(folder, Object.keys(files));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function projectFiles(): Record<string, string> {
  const config = JSON.stringify(path.join(repository, 'oxlint.config.ts'));
  return {
    'oxlint.config.ts': `export { default } from ${config};\n`,
    'package.json': JSON.stringify({ type: 'module' }),
    'tsconfig.json': JSON.stringify({
      extends: path.join(repository, 'tsconfig.json'),
      compilerOptions: { types: [] },
      include: ['src', 'test', 'scripts'],
    }),
  };
}

function runOxlint(folder: string, names: readonly string[]): Finding[] {
  const bin = path.join(repository, 'node_modules', 'oxlint', 'bin', 'oxlint');
  const result = spawnSync(process.execPath, [bin, '--format=json', '.'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    timeout: 60_000,
  });
  if (result.status !== 0 && result.status !== 1) {
    throw new Error(`oxlint did not run (${String(result.status)}): ${result.stderr}${result.stdout}`);
  }
  const report = JSON.parse(result.stdout) as OxlintReport;
  const expected = names.filter((name) => !name.startsWith('src/generated/')).length;
  if (report.number_of_files < expected) {
    throw new Error(`oxlint checked only ${report.number_of_files} of ${expected} files`);
  }
  return report.diagnostics.map(({ filename, code = '' }) => ({
    file: path.relative(folder, path.resolve(folder, filename)),
    rule: code,
  }));
}
