/** How CI runs a command of the README. */
export type ShortForm =
  /** Beside the services of `npm start`. */
  | { readonly run: string }
  /** Keeps running: the check starts it first and stops it at the end. */
  | { readonly stays: 'start' }
  /** After everything has stopped. */
  | { readonly last: string }
  /** Runs as a step of `.ci/run`, whose text contains this. */
  | { readonly step: string };

interface Entry {
  readonly command: RegExp;
  readonly form: (match: RegExpExecArray) => ShortForm;
}

const asItIs = ([command]: RegExpExecArray): ShortForm => ({ run: command });

/** The first entry that matches counts. A command without one fails the check. */
const entries: readonly Entry[] = [
  { command: /^npm start$/, form: () => ({ stays: 'start' }) },
  { command: /^npm test$/, form: () => ({ step: 'npm test' }) },
  { command: /^npm test -- test\/[\w/.-]+$/, form: asItIs },
  { command: /^bash \.ci\/run$/, form: () => ({ step: 'bash .ci/run' }) },
  { command: /^npm ci(?: --omit=dev)?$/, form: () => ({ step: 'scripts/bootstrap.mjs --generate' }) },
  { command: /^npm run check$/, form: () => ({ step: 'npm run --silent check:files' }) },
  { command: /^npm run mutants(?: .*)?$/, form: () => ({ step: 'mutants -- --changed' }) },
  { command: /^npm run loadtest -- .*$/, form: () => ({ step: 'loadtest -- --ci' }) },
  { command: /^npm run docs$/, form: () => ({ run: 'npm run check:docs' }) },
  { command: /^npm run schema$/, form: () => ({ run: 'npm run schema -- --check' }) },
  { command: /^npm run format$/, form: () => ({ run: 'npm run format:check' }) },
  { command: /^npm run bench$/, form: () => ({ run: bench('same-seat') }) },
  { command: /^npm run bench -- --only ([\w-]+)$/, form: ([, name = '']) => ({ run: bench(name) }) },
  { command: /^npm run chaos -- --cluster .*$/, form: () => ({ step: 'chaos -- --cluster --short' }) },
  { command: /^npm run chaos(?: .*)?$/, form: () => ({ run: 'npm run chaos -- --runs 1' }) },
  {
    command: /^npm run torture(?: .*)?$/,
    form: () => ({ run: 'npm run torture -- --minutes 0.2 --round-seconds 10' }),
  },
  {
    command: /^npm run adversary(?: .*)?$/,
    form: () => ({ run: 'npm run adversary -- --minutes 0.2 --no-keep' }),
  },
  { command: /^npm run reset$/, form: ([command]) => ({ last: command }) },
  { command: /^npm run (?:-s )?token -- --role (?:organizer|buyer)$/, form: asItIs },
  { command: /^npm run (?:-s )?(?:audit|capacity|db:migrate|generate|sbom|warm-path)$/, form: asItIs },
  { command: /^npm run check:[a-z]+(?: -- --list)?$/, form: asItIs },
  { command: /^curl .*http:\/\/localhost:4000\/.*$/, form: asItIs },
];

/** Prints one table from a tenth of the default measurement, and writes nothing. */
function bench(name: string): string {
  return `npm run bench -- --only ${name} --pairs 1 --seconds 0.2`;
}

/** Returns how to run a command in CI, or null if no entry says how. */
export function findShortForm(command: string): ShortForm | null {
  for (const { command: pattern, form } of entries) {
    const match = pattern.exec(command);
    if (match !== null) return form(match);
  }
  return null;
}

/** Returns what is wrong with the commands of the README: those without a short form, and steps that CI does not have. */
export function findCommandErrors(commands: readonly string[], ciScript: string): string[] {
  return commands.flatMap((command) => {
    const form = findShortForm(command);
    if (form === null)
      return [`README.md: \`${command}\` has no short form in scripts/check/readme/short-forms.ts`];
    const isMissing = 'step' in form && !ciScript.includes(form.step);
    return isMissing ? [`README.md: .ci/run has no step \`${form.step}\`, as \`${command}\` needs`] : [];
  });
}
