import { lasts, waitFor, type ClusterFault, type FaultContext } from './cluster-fault.ts';
import type { Disks } from './disks.ts';
import { allProcesses, haveNoWrites } from './write-modes.ts';

/** Far less than the five percent at which writes are switched off. */
const NEARLY_FULL_KILOBYTES = 64;
/** Enough for some batches, so that the disk becomes full in the midst of one. */
const FULL_SOON_KILOBYTES = 256;

/** The disk at DATABASE_DISK_PATH has hardly any space. The server still has. */
export function diskNearlyFull(ctx: FaultContext): ClusterFault {
  const { cluster, random } = ctx;
  const { watched } = disksOf(ctx);
  return {
    kind: 'disk nearly full',
    strike: () => watched.leaveKilobytes(NEARLY_FULL_KILOBYTES),
    async takeover() {
      await allProcesses(cluster, 'READ_ONLY');
      await lasts(random);
      watched.enlarge();
      await allProcesses(cluster, 'NORMAL');
    },
  };
}

/** The primary's disk becomes full. Either writes fail, or the server ends for lack of WAL and a standby is promoted. */
export function diskFull(ctx: FaultContext): ClusterFault {
  const { cluster, random } = ctx;
  const { supervisor } = cluster.postgres;
  const old = supervisor.primary;
  const disk = disksOf(ctx).of(old.name);
  return {
    kind: 'disk full',
    strike: () => disk.leaveKilobytes(FULL_SOON_KILOBYTES),
    async takeover() {
      try {
        await waitFor(
          'no API process writes, or a standby is promoted',
          async () => supervisor.primary !== old || (await haveNoWrites(cluster)),
        );
        await lasts(random);
      } finally {
        disk.enlarge();
      }
      await allProcesses(cluster, 'NORMAL');
    },
  };
}

function disksOf({ disks }: FaultContext): Disks {
  if (disks === null) throw new Error('there are no disks that can become full');
  return disks;
}
