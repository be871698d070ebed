import { InvalidInputError } from '../../platform/errors.ts';

const SOLUTION_LENGTH_MAX = 2_048;

/** Checks the length of a solution. @throws {InvalidInputError} */
export function checkSolution(solution: string | null | undefined): void {
  // guard: solution-length
  if (solution != null && solution.length > SOLUTION_LENGTH_MAX)
    throw new InvalidInputError(
      'challengeSolution',
      `challengeSolution must have at most ${SOLUTION_LENGTH_MAX} characters.`,
    );
}
