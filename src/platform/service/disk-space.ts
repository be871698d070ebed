import { statfs } from 'node:fs/promises';

/** A disk of this machine on which PostgreSQL stores its data. */
export interface DiskSettings {
  readonly path: string;
  /** Below this share of free space, in percent, writes are switched off. */
  readonly freePercentMin: number;
}

/** Returns the share of the disk that is free for other users than root, in percent. */
export async function readFreePercent(path: string): Promise<number> {
  const { bavail, blocks } = await statfs(path);
  return (bavail / blocks) * 100;
}
