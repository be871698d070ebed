import { globSync } from 'node:fs';
import { deployFolder, readYaml } from './deploy-files.ts';

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

export interface Container {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: readonly Variable[];
  readonly envFrom?: readonly object[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly securityContext: object;
}

interface PodSpec {
  readonly containers: readonly Container[];
  readonly securityContext: object;
  readonly terminationGracePeriodSeconds?: number;
  readonly topologySpreadConstraints?: readonly { readonly topologyKey: string }[];
}

/** An object of the Kubernetes API, as far as the tests look into it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name: string };
  readonly spec: {
    readonly template?: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: PodSpec;
    };
    readonly selector?: unknown;
    readonly metrics?: readonly { readonly pods?: { readonly metric: { readonly name: string } } }[];
  };
}

export interface Kustomization {
  readonly resources: readonly string[];
  readonly configMapGenerator?: readonly { readonly name: string; readonly literals: readonly string[] }[];
}

export const manifestFiles = globSync('kubernetes/{base,migration,production}/*.yaml', { cwd: deployFolder })
  .filter((file) => !file.endsWith('kustomization.yaml'))
  .toSorted();

export const manifests: readonly Manifest[] = manifestFiles.flatMap((file) => readYaml<Manifest>(file));

/** Returns every container, with its pod. */
export function listContainers(): { readonly container: Container; readonly pod: PodSpec }[] {
  return manifests.flatMap(({ spec }) => {
    const pod = spec.template?.spec;
    return pod === undefined ? [] : pod.containers.map((container) => ({ container, pod }));
  });
}

/** Returns the probes of a container, with the names of their ports. */
export function listProbes(containerName: string): Probe['httpGet'][] {
  const { container } = listContainers().find((entry) => entry.container.name === containerName) ?? {};
  const probes = [container?.startupProbe, container?.livenessProbe, container?.readinessProbe];
  return probes.flatMap((probe) => (probe === undefined ? [] : [probe.httpGet]));
}
