import { readFileSync } from 'node:fs';
import type { StoredCase } from './stored-cases.ts';
import { Target } from '../target/target.ts';
import { Attacker, tryAlone } from '../trial.ts';

/** Number of repetitions, to rule out a coincidence. */
const TRIALS = 3;

/** Runs one stored case several times and reports what it breaks. Returns the number of findings. */
export async function tryCase(file: string, report: (line: string) => void): Promise<number> {
  const { attack } = JSON.parse(readFileSync(file, 'utf8')) as StoredCase;
  await using target = await Target.start();
  const attacker = new Attacker(target);
  await attacker.logIn();
  let count = 0;
  for (let trial = 1; trial <= TRIALS; trial++) {
    const { findings, turnMs, keptBytes } = await tryAlone(target, attacker, attack);
    const figures = [
      ...(turnMs === null ? [] : [`longest turn ${turnMs.toFixed(1)} ms`]),
      ...(keptBytes === null ? [] : [`${(keptBytes / 1024).toFixed(0)} KiB kept`]),
    ];
    report(`trial ${trial}: ${figures.join(', ') || 'no measurements'}`);
    for (const { property, what } of findings) report(`  BROKEN: ${property}: ${what}`);
    count += findings.length;
    if (target.death() !== null) await target.restart();
  }
  return count;
}
