import { existsSync, globSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { deployFolder, readDeployFile, readYaml } from './deploy-files.ts';
import { listContainers } from './kubernetes-files.ts';

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert?: string; readonly expr: string }[];
  }[];
}

interface Dashboard {
  readonly uid: string;
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly query: string }[];
  };
}

interface PodMonitor {
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly jobLabel: string;
    readonly podMetricsEndpoints: readonly { readonly port: string }[];
  };
}

const [compose] = readYaml<{ services: Record<string, { volumes: string[] }> }>('compose.yaml');
const [prometheus] = readYaml<{ rule_files: string[]; scrape_configs: { job_name: string }[] }>(
  'prometheus/prometheus.yml',
);
const [rules] = readYaml<Rules>('prometheus/rules.yaml') as [Rules];
const dashboards = globSync('grafana/*.json', { cwd: deployFolder }).toSorted();
const readDashboard = (file: string) => JSON.parse(readDeployFile(file)) as Dashboard;

/** Returns the file in deploy/ that a service sees under a path, or null if nothing is mounted there. */
function findMounted(service: string, target: string): string | null {
  const volumes = compose?.services[service]?.volumes ?? [];
  for (const [source = '', mount = ''] of volumes.map((volume) => volume.split(':')))
    if (source.startsWith('.') && `${target}/`.startsWith(`${mount}/`))
      return path.join(source, path.relative(mount, target));
  return null;
}

/** Returns the jobs that the rules select by a pattern. */
function listJobPatterns(): RegExp[] {
  const all = rules.groups.flatMap((group) => group.rules.map(({ expr }) => expr)).join('\n');
  return [...all.matchAll(/job=~"([^"]+)"/g)].map(([, pattern]) => new RegExp(`^(?:${pattern})$`));
}

describe('monitoring with Compose', () => {
  it('loads the alert rules', () => {
    expect(findMounted('prometheus', '/etc/prometheus/prometheus.yml')).toBe('prometheus/prometheus.yml');
    const files = prometheus?.rule_files.map((file) =>
      findMounted('prometheus', path.join('/etc/prometheus', file)),
    );
    expect(files).toEqual(['prometheus/rules.yaml']);
    expect(rules.groups.flatMap((group) => group.rules).some(({ alert }) => alert !== undefined)).toBe(true);
  });

  it('scrapes servers under the names that the rules expect', () => {
    const patterns = listJobPatterns();
    expect(patterns.length).toBeGreaterThan(0);
    const jobs = prometheus?.scrape_configs.map(({ job_name: name }) => name) ?? [];
    for (const pattern of patterns)
      expect(jobs.filter((job) => pattern.test(job))).toEqual(['sellout-api', 'sellout-worker']);
  });

  it('provisions every dashboard', () => {
    const [provider] = readYaml<{ providers: { options: { path: string } }[] }>(
      'grafana/provisioning/dashboards/files.yaml',
    );
    const folders = provider?.providers.map(({ options }) => findMounted('grafana', options.path));
    expect(folders).toEqual(['grafana']);
    expect(dashboards).toHaveLength(3);
    expect(
      existsSync(path.join(deployFolder, findMounted('grafana', '/etc/sellout/provisioning') ?? '')),
    ).toBe(true);
  });

  it.each(dashboards)('gives %s a data source that exists', (file) => {
    const [provisioned] = readYaml<{ datasources: { uid: string; type: string }[] }>(
      'grafana/provisioning/datasources/prometheus.yaml',
    );
    const types = provisioned?.datasources.map(({ type }) => type);
    const variables = readDashboard(file).templating.list.filter(({ type }) => type === 'datasource');
    expect(variables.map(({ query }) => query)).toEqual(types);
    const allowed = [
      ...variables.map(({ name }) => `\${${name}}`),
      ...(provisioned?.datasources.map(({ uid }) => uid) ?? []),
    ];
    const used = [...readDeployFile(file).matchAll(/"datasource": \{\s*"type": "\w+",\s*"uid": "([^"]+)"/g)];
    expect(used.length).toBeGreaterThan(0);
    expect(used.map(([, uid = '']) => uid).filter((uid) => !allowed.includes(uid))).toEqual([]);
  });
});

describe('monitoring with Kubernetes', () => {
  const monitors = readYaml<PodMonitor>('kubernetes/monitoring/pod-monitors.yaml').map(({ spec }) => spec);

  it('scrapes the metrics port of each server', () => {
    const servers = listContainers().filter(({ container }) => container.name !== 'migrate');
    expect(monitors).toHaveLength(servers.length);
    for (const [i, { container }] of servers.entries()) {
      const label = `sellout-${container.name}`;
      expect(monitors[i]?.selector.matchLabels).toEqual({ 'app.kubernetes.io/name': label });
      const names = container.ports?.map(({ name }) => name);
      for (const { port } of monitors[i]?.podMetricsEndpoints ?? []) expect(names).toContain(port);
      // The job gets the value of this label.
      expect(monitors[i]?.jobLabel).toBe('app.kubernetes.io/name');
      for (const pattern of listJobPatterns()) expect(label).toMatch(pattern);
    }
  });

  it('has the alert rules of Compose', () => {
    const [rule] = readYaml<{ kind: string; spec: Rules }>('kubernetes/monitoring/rules.yaml');
    expect(rule).toMatchObject({ kind: 'PrometheusRule', spec: rules });
  });

  it('gives every dashboard to Grafana', () => {
    const [kustomization] = readYaml<{ resources: string[] }>('kubernetes/monitoring/kustomization.yaml');
    const files = kustomization?.resources.map((file) =>
      existsSync(path.join(deployFolder, 'kubernetes/monitoring', file)),
    );
    expect(files).toEqual([true, true, true]);
    const [grafana] = readYaml<{ configMapGenerator: { files: string[] }[] }>('grafana/kustomization.yaml');
    const listed = grafana?.configMapGenerator.flatMap(({ files: names }) =>
      names.map((name) => `grafana/${name}`),
    );
    expect(listed).toEqual(dashboards);
  });
});
