import path from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../../scripts/local/command.ts';
import { welcome } from '../../../scripts/local/welcome.ts';

const started = {
  url: 'http://localhost:4000/',
  metricsPort: 9464,
  dataFolder: path.join(ROOT, '.data'),
  graphiql: true,
  tookMs: 8_800,
};

it('names the pages, the metrics and the data folder', () => {
  const text = welcome(started);
  expect(text).toContain('GraphiQL       http://localhost:4000/graphql\n');
  expect(text).toContain('Metrics        http://localhost:9464/metrics\n');
  expect(text).toContain('Data           .data (npm run reset');
});

it('names a folder outside the repository by its full path', () => {
  expect(welcome({ ...started, dataFolder: '/srv/sellout' })).toContain('Data           /srv/sellout (');
});

it('leaves out what is not served', () => {
  const text = welcome({ ...started, graphiql: false, metricsPort: undefined });
  expect(text).not.toMatch(/GraphiQL|Metrics/);
});
