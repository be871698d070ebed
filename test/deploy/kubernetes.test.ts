import { existsSync } from 'node:fs';
import path from 'node:path';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { Job } from 'kubernetes-models/batch/v1';
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import {
  deployFolder,
  findUnknownSettings,
  listMetrics,
  loadProductionConfig,
  readYaml,
  type Environment,
} from './deploy-files.ts';
import {
  listContainers,
  listProbes,
  manifestFiles,
  manifests,
  type Kustomization,
  type Manifest,
} from './kubernetes-files.ts';
import { listUnreadKeys } from './unread-keys.ts';

type Model = new () => { validate(): void };

const models: Readonly<Record<string, Model>> = {
  'apps/v1 Deployment': Deployment,
  'autoscaling/v2 HorizontalPodAutoscaler': HorizontalPodAutoscaler,
  'batch/v1 Job': Job,
  'networking.k8s.io/v1 Ingress': Ingress,
  'networking.k8s.io/v1 NetworkPolicy': NetworkPolicy,
  'policy/v1 PodDisruptionBudget': PodDisruptionBudget,
  'v1 Service': Service,
};

/** Validates a manifest against the schema of its kind. The schema allows unknown fields; Kubernetes' strict mode does not. */
function validate(manifest: Manifest): string[] {
  const kind = `${manifest.apiVersion} ${manifest.kind}`;
  const Kind = models[kind];
  if (Kind === undefined) return [`${kind}: no schema`];
  // Given to the constructor, the data would be copied.
  return listUnreadKeys(manifest, (data) =>
    Object.defineProperties(new Kind(), Object.getOwnPropertyDescriptors(data)).validate(),
  );
}

const folders = ['base', 'migration', 'production'];
const kustomizations = new Map(
  folders.map((name) => [name, readYaml<Kustomization>(`kubernetes/${name}/kustomization.yaml`)[0]]),
);
const secret: Environment = {
  DATABASE_URL: 'postgresql://sellout:secret@postgres:5432/sellout',
  REDIS_URL: 'redis://redis:6379',
  AUTH_SECRET: 'x'.repeat(32),
};
const configMap: Environment = Object.fromEntries(
  [...kustomizations.values()]
    .flatMap((kustomization) => kustomization?.configMapGenerator ?? [])
    .flatMap(({ literals }) => literals.map((literal) => literal.split('=', 2))),
) as Environment;

describe('the Kubernetes manifests', () => {
  it.each(manifests.map((manifest) => [`${manifest.kind} ${manifest.metadata?.name}`, manifest] as const))(
    '%s conforms to its schema, without unknown fields',
    (_name, manifest) => expect(validate(manifest)).toEqual([]),
  );

  it('would report a wrong type and an unknown field', () => {
    const deployment = manifests.find(({ kind }) => kind === 'Deployment') as Manifest;
    const spec = { ...deployment.spec, replicas: 'two', minReadySecond: 1 };
    expect(() => validate({ ...deployment, spec })).toThrow('replicas must be integer');
    const unknown = { ...deployment, spec: { ...deployment.spec, minReadySecond: 1 } } as Manifest;
    expect(validate(unknown)).toEqual(['spec.minReadySecond']);
  });

  it('are all listed in a kustomization, which lists nothing else', () => {
    const listed = [...kustomizations].flatMap(([folder, kustomization]) =>
      (kustomization?.resources ?? []).map((file) => path.join('kubernetes', folder, file)),
    );
    expect(listed.filter((file) => !existsSync(path.join(deployFolder, file)))).toEqual([]);
    expect(listed.filter((file) => file.endsWith('.yaml')).toSorted()).toEqual(manifestFiles);
  });

  it('give each server valid settings, and none that does not exist', () => {
    for (const { container } of listContainers()) {
      const own = Object.fromEntries(
        (container.env ?? []).map(({ name, value, valueFrom }) => [
          name,
          value ?? secret[valueFrom?.secretKeyRef.key ?? ''] ?? 'not in the secret',
        ]),
      );
      const env = { ...configMap, ...secret, ...own };
      expect(findUnknownSettings(env)).toEqual([]);
      const config = loadProductionConfig(env);
      const ports = Object.fromEntries(
        (container.ports ?? []).map((port) => [port.name, port.containerPort]),
      );
      if (container.name === 'api')
        expect(ports).toEqual({ http: config.port, metrics: config.metrics.port });
      if (container.name === 'worker') expect(ports).toEqual({ metrics: config.metrics.port });
      if (ports['metrics'] !== undefined) expect(config.metrics.host).toBe('0.0.0.0');
      const file = container.command.find((argument) => argument.endsWith('.ts')) ?? '';
      expect(existsSync(path.join(deployFolder, '..', file))).toBe(true);
    }
  });

  it('probe named ports, with readiness separate from liveness', () => {
    for (const name of ['api', 'worker'])
      expect(listProbes(name).map((probe) => probe.path)).toEqual(['/health', '/health', '/ready']);
  });

  it('give every container a read-only root, no privileges, and a user who is not root', () => {
    for (const { container, pod } of listContainers()) {
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('wait longer for the API to drain than it takes', () => {
    const { pod } = listContainers().find(({ container }) => container.name === 'api') ?? {};
    const { drainMs } = loadProductionConfig({ ...configMap, ...secret });
    expect(drainMs).toBeGreaterThan(0);
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(drainMs / 1000 + 30);
  });

  it('spread both servers over zones', () => {
    for (const { container, pod } of listContainers().filter((entry) => entry.container.name !== 'migrate')) {
      const keys = pod.topologySpreadConstraints?.map(({ topologyKey }) => topologyKey);
      expect([container.name, keys]).toEqual([
        container.name,
        expect.arrayContaining(['topology.kubernetes.io/zone']),
      ]);
    }
  });

  it('scale by a metric that a server exports and the adapter provides', async () => {
    const names = manifests.flatMap(({ spec }) =>
      (spec.metrics ?? []).flatMap(({ pods }) => pods?.metric.name ?? []),
    );
    expect(names).toHaveLength(1);
    expect(await listMetrics()).toEqual(expect.arrayContaining(names));
    const [adapter] = readYaml<{ rules: { custom: { seriesQuery: string }[] } }>(
      'kubernetes/prometheus-adapter.yaml',
    );
    expect(adapter?.rules.custom.map(({ seriesQuery }) => seriesQuery.split('{')[0])).toEqual(names);
  });
});
