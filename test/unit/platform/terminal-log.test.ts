import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { TerminalLog } from '../../../scripts/local/terminal-log.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';

it('logs in a terminal are one readable line each, and wait until the start is over', async () => {
  const out = new PassThrough({ encoding: 'utf8' });
  const log = new TerminalLog(out);
  const logger = createLogger('info', log);
  logger.info({ port: 4000 }, 'API listening');
  logger.info({ eventId: 7, seats: 2, traceId: 'f'.repeat(32) }, 'hold created');
  log.release();
  logger.warn('later');
  const lines = String(out.read()).trimEnd().split('\n');
  expect(lines.map((line) => line.replace(/^\[\d\d:\d\d:\d\d\.\d{3}\] /, ''))).toEqual([
    'INFO: API listening {"port":4000}',
    'INFO: hold created {"eventId":7,"seats":2}',
    'WARN: later',
  ]);
});
