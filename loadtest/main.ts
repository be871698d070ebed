// `npm run loadtest -- NAME`: runs k6 scripts against a server of its own or a deployment, and judges the result.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, runCommand } from '../scripts/local/command.ts';
import { makeScratchFolder } from '../scripts/local/scratch-folder.ts';
import { readEnvironment } from '../src/platform/config/environment.ts';
import { attackSizes, runArenaAttack } from './attack/arena-attack.ts';
import { parseRequest, type LoadtestRequest } from './run/arguments.ts';
import { useDeployment } from './run/target/deployment.ts';
import { findK6 } from './run/find-k6.ts';
import { startOwnSystem } from './run/target/own-system.ts';
import { plotAdmissions, plotLatencies } from './run/report/plot.ts';
import { formatReport, type RunReport } from './run/report/report.ts';
import { runOnsale } from './run/onsale/run-onsale.ts';
import { runScenario } from './run/run-scenario.ts';
import type { Target } from './run/target/target.ts';
import { getExitStatus } from './run/report/verdict.ts';

type Environment = ReturnType<typeof readEnvironment>;

await runCommand(async () => {
  const args = process.argv.slice(2);
  const env = readEnvironment();
  const request = parseRequest(args, env['BASE_URL']);
  const command = `npm run loadtest -- ${args.join(' ')}`;
  if (request.runs.length > 0) await runScenarios(request, env, command);
  if (request.attack !== null)
    await runArenaAttack(attackSizes[request.attack], command, path.resolve(ROOT, request.out), print);
});

async function runScenarios(request: LoadtestRequest, env: Environment, command: string): Promise<void> {
  const k6 = findK6({ env, mayBuild: !request.ci, print });
  print(`${k6.version} (${k6.program})`);
  await using scratch = await makeDisposableFolder();
  const needsTarget = request.runs.some(({ size }) => size.sale === undefined);
  await using target = needsTarget ? await openTarget(request, env) : null;
  for (const run of request.runs) {
    const options = {
      run,
      k6,
      latencyLimits: !request.ci && run.scenario.limitsLatency === true,
      folder: scratch.folder,
      command,
      print,
    };
    const report =
      target === null || run.size.sale !== undefined
        ? await runOnsale(options)
        : await runScenario({ ...options, target });
    finish(report, path.resolve(ROOT, request.out));
  }
}

function openTarget({ baseUrl, eventId }: LoadtestRequest, env: Environment): Promise<Target> | Target {
  if (baseUrl !== null)
    return useDeployment({
      url: baseUrl,
      eventId,
      databaseUrl: env['DATABASE_URL'],
      redisUrl: env['REDIS_URL'],
    });
  print('Starting PostgreSQL, Redis, the worker and the API …');
  return startOwnSystem();
}

async function makeDisposableFolder() {
  const scratch = await makeScratchFolder();
  return { folder: scratch.folder, [Symbol.asyncDispose]: () => scratch.remove() };
}

/** Prints the checks, writes the report, and sets the exit status. */
function finish(report: RunReport, out: string): void {
  for (const { what, ok, found } of report.checks) print(`  ${ok ? '✓' : '✗'} ${what} (${found})`);
  mkdirSync(out, { recursive: true });
  const name = (suffix: string) => `${report.scenario}${suffix}`;
  const write = (file: string, text: string) => writeFileSync(path.join(out, file), text);
  const plots = { requests: name('.svg'), lag: report.lag === null ? null : name('-lag.svg') };
  write(plots.requests, plotLatencies(`${report.scenario}: latency of requests`, report.requestsBySecond));
  if (plots.lag !== null)
    write(plots.lag, plotLatencies(`${report.scenario}: from COMMIT to socket`, report.lagBySecond));
  const { onsale } = report;
  if (onsale !== undefined) write(name('-admissions.svg'), plotAdmissions(onsale.seconds));
  write(name('.json'), `${JSON.stringify(report, null, 2)}\n`);
  write(
    name('.md'),
    formatReport(report, onsale === undefined ? plots : { ...plots, admissions: name('-admissions.svg') }),
  );
  const status = getExitStatus(report.checks);
  print(
    `  ${status === 0 ? 'Passed' : 'FAILED'}. Report: ${path.relative(process.cwd(), path.join(out, name('.md')))}`,
  );
  if (status !== 0) process.exitCode = status;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
