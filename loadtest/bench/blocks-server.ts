import { startApi } from '../../src/main/api.ts';
import { loadConfig } from '../../src/platform/config/config.ts';
import { watchBlocks } from './longest-block.ts';

// The API in a process of its own, which knows how long its event loop was busy in one go.
const { port } = await startApi(loadConfig());
const blocks = watchBlocks();

// Each time that the parent asks: the longest since it asked last.
process.on('message', () => process.send?.(blocks.take()));
process.on('disconnect', () => process.exit(0));
process.send?.({ port });
