import { decideBlock, decideUnblock } from './decide-block.ts';
import { decideChange } from './decide-change.ts';
import { decideHold } from './decide-hold.ts';
import {
  decideCancel,
  decideConfirm,
  decideExpire,
  decideExtend,
  decideRelease,
} from './decide-transition.ts';
import { Draft, type Outcome } from './draft.ts';
import type { Command } from './commands.ts';
import type { Changes, LockedState } from './model.ts';

/*
 * Every rule by which a seat changes hands is in this folder. One file decides each command:
 *
 *   hold                                      decide-hold.ts
 *   confirm, release, extend, cancel, expire  decide-transition.ts
 *   change                                    decide-change.ts
 *   block, unblock                            decide-block.ts
 *
 * batch/run-batch.ts locks the rows, calls `decide` on them, and writes the changes it returns.
 */

/**
 * Decides the commands of a batch in order, each on the state that the previous one left. Each command is done
 * completely or not at all, independently of the others. Pure: no I/O, and no clock or randomness of its own.
 */
export function decide(
  locked: LockedState,
  commands: readonly Command[],
): { readonly outcomes: readonly Outcome[]; readonly changes: Changes } {
  const draft = new Draft(locked);
  const outcomes = commands.map((command, n) => {
    draft.begin(n);
    return decideOne(draft, command);
  });
  return { outcomes, changes: draft.changes() };
}

function decideOne(draft: Draft, command: Command): Outcome {
  switch (command.kind) {
    case 'hold':
      return decideHold(draft, command);
    case 'confirm':
      return decideConfirm(draft, command);
    case 'release':
      return decideRelease(draft, command);
    case 'extend':
      return decideExtend(draft, command);
    case 'change':
      return decideChange(draft, command);
    case 'cancel':
      return decideCancel(draft, command);
    case 'expire':
      return decideExpire(draft, command);
    case 'block':
      return decideBlock(draft, command);
    case 'unblock':
      return decideUnblock(draft, command);
  }
}
