import type { Command } from '../rules/commands.ts';
import type { Key } from '../rules/model.ts';

/** Collects what the commands name, without duplicates. Buyers are sorted, the order in which they are locked. */
export function collectNamed(commands: readonly Command[]) {
  const seats = new Set<number>();
  const bookingIds = new Set<string>();
  const buyerIds = new Set<string>();
  const keys: (Key & { buyerId: string })[] = [];
  const callerIds = new Set<string | null>();
  const requestIds = new Set<string>();
  for (const command of commands) {
    callerIds.add(getCaller(command));
    for (const seat of getNamedSeats(command)) seats.add(seat);
    if ('bookingId' in command && command.kind !== 'hold') bookingIds.add(command.bookingId);
    if (command.kind === 'hold' && command.request !== undefined) requestIds.add(command.request.requestId);
    if (command.kind === 'hold' || command.kind === 'confirm' || command.kind === 'change') {
      buyerIds.add(command.buyerId);
      if (command.kind !== 'change' && command.key !== null)
        keys.push({ ...command.key, buyerId: command.buyerId });
    }
  }
  return {
    seats: [...seats],
    bookingIds: [...bookingIds],
    buyerIds: [...buyerIds].sort(),
    keys,
    callerIds: [...callerIds],
    requestIds: [...requestIds],
  };
}

/** Returns null for commands of the server itself, which sees every event. */
function getCaller(command: Command): string | null {
  if ('buyerId' in command) return command.buyerId;
  if ('organizerId' in command) return command.organizerId;
  return command.kind === 'cancel' ? command.callerId : null;
}

/** Returns the seats that a command names, with those that the server chose for it. */
export function getNamedSeats(command: Command): readonly number[] {
  if (command.kind === 'hold') return [...command.named, ...(command.chosen ?? [])];
  return 'seats' in command ? command.seats : [];
}
