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
import { Draft } from './draft.ts';
import type { Changes, Command, LockedState, Outcome } from './model.ts';

/**
 * Decides a batch: every rule by which a seat changes hands is in here, and nothing else is. Pure: no I/O, no clock of
 * its own, no randomness. Commands are taken in the order given, each on what the one before it left; each is done as
 * a whole or not at all, whatever becomes of its neighbours.
 */
export function decide(
  locked: LockedState,
  commands: readonly Command[],
): { readonly outcomes: readonly Outcome[]; readonly changes: Changes } {
  const draft = new Draft(locked);
  const outcomes = commands.map((command) => decideOne(draft, command));
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
