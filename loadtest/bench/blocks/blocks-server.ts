import { startApi } from '../../../src/main/api.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';
import { watchBlocks } from './longest-block.ts';

// The API as a child process that measures the longest block of its event loop.
const { port } = await startApi(loadConfig());
const blocks = watchBlocks();

// Answers each message with the longest block since the previous one.
process.on('message', () => process.send?.(blocks.take()));
process.on('disconnect', () => process.exit(0));
process.send?.({ port });
