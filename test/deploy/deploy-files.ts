import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { settings } from '../../src/platform/config/settings.ts';
import { loadConfig, type Config } from '../../src/platform/config/config.ts';
// Defines the metrics that the registry contains.
import '../../src/platform/observability/metrics.ts';
import { readMetrics } from '../../src/platform/observability/metrics/registry.ts';

const repository = path.resolve(import.meta.dirname, '../..');
export const deployFolder = path.join(repository, 'deploy');

export type Environment = Readonly<Record<string, string>>;

/** Returns the text of a file in deploy/. */
export function readDeployFile(file: string): string {
  return readFileSync(path.join(deployFolder, file), 'utf8');
}

/** Returns the documents of a YAML file in deploy/, with anchors and merge keys resolved. */
export function readYaml<T>(file: string): T[] {
  return parseAllDocuments(readDeployFile(file), { merge: true, strict: true }).map((document) => {
    const [error] = [...document.errors, ...document.warnings];
    if (error !== undefined) throw error;
    return document.toJS() as T;
  });
}

/** Returns the variables that are not settings of Sellout. */
export function findUnknownSettings(env: Environment): string[] {
  return Object.keys(env).filter((name) => !(name in settings));
}

/** Returns the configuration of a server with these variables. @throws for a wrong value or a misspelled setting. */
export function loadProductionConfig(env: Environment): Config {
  const config = loadConfig({ NODE_ENV: 'production', ...env });
  if (config.warnings.length > 0) throw new Error(config.warnings.join('\n'));
  return config;
}

/** Returns the names of all metrics that a server exports, from the output of a scrape. */
export async function listMetrics(): Promise<string[]> {
  return [...(await readMetrics()).matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
}
