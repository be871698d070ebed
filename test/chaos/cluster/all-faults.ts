import { UsageError } from '../../../scripts/local/command.ts';
import type { ClusterFaultKind, FaultContext } from './cluster-fault.ts';
import { diskFull, diskNearlyFull } from './disk-faults.ts';
import { clockSkewed, furtherFaults } from './further-faults.ts';
import { kills } from './kills.ts';

const diskFaults: readonly ClusterFaultKind[] = [diskNearlyFull, diskFull];
const clockFaults: readonly ClusterFaultKind[] = [clockSkewed];

/** All faults of a cluster, whether this machine can have them or not. */
export const allFaults: readonly ClusterFaultKind[] = [
  ...kills,
  ...furtherFaults,
  ...diskFaults,
  ...clockFaults,
];

/** Returns the name of a fault in options and reports: `primary-killed`. */
export function getFaultName(kind: ClusterFaultKind): string {
  return kind.name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Returns whether a fault needs servers on disks of their own. */
export function needsDisks(kind: ClusterFaultKind): boolean {
  return diskFaults.includes(kind);
}

/** Returns why this machine cannot have a fault; null if it can. */
export function getObstacle(
  kind: ClusterFaultKind,
  { disks, clocks }: Pick<FaultContext, 'disks' | 'clocks'>,
): string | null {
  if (needsDisks(kind) && disks === null) return 'this process may not mount disks';
  if (clockFaults.includes(kind) && !clocks.areAdjustable) return 'there is no libfaketime';
  return null;
}

/** Returns the faults with these names, divided by commas. */
export function parseFaults(command: string, names: string): readonly ClusterFaultKind[] {
  return names.split(',').map((name) => {
    const kind = allFaults.find((each) => getFaultName(each) === name);
    if (kind === undefined) throw new UsageError(command, `--only: there is no fault ${name}`);
    return kind;
  });
}
