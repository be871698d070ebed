import { inspect } from 'node:util';
import fc from 'fast-check';
import { rounds, type Round } from './rounds.ts';
import type { Trace } from './play.ts';

/**
 * Plays random rounds, `runs` times.
 *
 * @throws if a play throws, with the seed and the smallest counterexample found, as a script.
 */
export function checkRounds(
  runs: number,
  play: (rounds: readonly Round[], trace: Trace) => void,
): Trace['outcomes'] {
  const outcomes: Trace['outcomes'] = new Map();
  const result = fc.check(
    fc.property(rounds, (played) => play(played, { batches: [], outcomes })),
    { numRuns: runs },
  );
  if (!result.failed) return outcomes;
  const trace: Trace = { batches: [], outcomes: new Map() };
  const fault =
    result.counterexample === null
      ? 'no counterexample'
      : faultOf(() => play(result.counterexample[0], trace));
  throw new Error(
    `${fault}\n\nfast-check: seed ${result.seed}, path "${result.counterexamplePath}", ` +
      `run ${result.numRuns}, shrunk ${result.numShrinks} times. ` +
      `From the repository's root, with the Node that runs the tests, this shows it:\n\n${scriptOf(trace, fault)}`,
  );
}

/** Returns a TypeScript file for the repository's root that passes the same batches to decide. The last one fails. */
function scriptOf({ batches }: Trace, fault: string): string {
  const print = (value: unknown): string =>
    inspect(value, {
      depth: null,
      maxArrayLength: null,
      maxStringLength: null,
      breakLength: 110,
      compact: 3,
    });
  const entries = batches.map(({ locked, commands }) => {
    const fields = Object.entries(locked).map(([name, value]: [string, unknown]) =>
      value instanceof Map ? `${name}: new Map(${print([...value])})` : `${name}: ${print(value)}`,
    );
    return `{\n  locked: {\n${fields.join(',\n')},\n  },\n  commands: ${print(commands)},\n},`;
  });
  return `import { decide } from './src/booking/rules/decide.ts';
import type { Command } from './src/booking/rules/commands.ts';
import type { LockedState } from './src/booking/rules/model.ts';

const batches: { locked: LockedState; commands: Command[] }[] = [
${entries.join('\n')}
];
for (const { locked, commands } of batches) console.dir(decide(locked, commands), { depth: null });
${fault
  .split('\n')
  .map((line) => `// ${line}`)
  .join('\n')}
`;
}

function faultOf(play: () => void): string {
  try {
    play();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'the play that failed did not fail again';
}
