import type { BenchContext } from '../context.ts';
import { createBlocksClient } from './blocks-client.ts';
import { createBlocksHall, type BlocksHall } from './blocks-hall.ts';
import { blocksRequests, type BlocksRequest } from './blocks-requests.ts';
import type { LongestBlock } from './longest-block.ts';
import { medianAndSpread, table } from '../markdown.ts';
import { ServerProcess } from '../server-process.ts';

/** Time to wait after a response for work that the request started. */
const SETTLE_MS = 150;

interface Blocks {
  readonly first: LongestBlock;
  readonly again: LongestBlock;
}

/** Measures the longest block of the event loop per kind of request: for the first one after a start, and for repetitions. */
export async function runBlocks(ctx: BenchContext): Promise<string> {
  const hall = await createBlocksHall(ctx.app, ctx.arena);
  const rows: string[][] = [];
  for (const request of blocksRequests) {
    const starts: Blocks[] = [];
    for (let start = 0; start < ctx.pairs; start++) starts.push(await runOnce(ctx, hall, request));
    const middle = (when: keyof Blocks, what: keyof LongestBlock) =>
      medianAndSpread(starts.map((blocks) => blocks[when][what]));
    const row = [request.label, middle('first', 'cpuMs'), middle('first', 'wallMs')];
    rows.push([...row, middle('again', 'cpuMs'), middle('again', 'wallMs')]);
  }
  const header = ['Request', 'first: CPU ms', 'first: ms', 'again: CPU ms', 'again: ms'];
  return table(header, rows);
}

async function runOnce({ env }: BenchContext, hall: BlocksHall, request: BlocksRequest): Promise<Blocks> {
  const server = await ServerProcess.start(new URL('./blocks-server.ts', import.meta.url), [], env);
  try {
    const run = await request.ready(hall, createBlocksClient(server.port));
    await takeLongest(server);
    await run();
    const first = await takeLongest(server);
    for (let i = 0; i < request.again; i++) await run();
    return { first, again: await takeLongest(server) };
  } finally {
    await server.stop();
  }
}

async function takeLongest(server: ServerProcess): Promise<LongestBlock> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return server.ask<LongestBlock>('longest');
}
