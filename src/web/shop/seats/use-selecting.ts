import { useState } from 'react';
import type { EventDetails } from '../event/load-event.ts';
import { describeLost, useLostSeats, type LostSeats } from './lost-seats.ts';
import type { Seats } from '../event/use-seats.ts';
import type { AdviceText } from '../map/view/advice.tsx';
import { announce } from '../parts/announcer.tsx';
import { t } from '../text/i18n.ts';
import { findOrphans } from './orphans.ts';
import type { SeatStore } from './seat-store.ts';

interface Options {
  readonly event: EventDetails;
  readonly seats: Seats;
  readonly selected: ReadonlySet<number>;
  readonly mine: ReadonlySet<number>;
  /** Seats that the buyer can still have. */
  readonly limit: number;
  /** True while seats are being held. The selection does not change then. */
  readonly isBusy: boolean;
}

/** Why a seat cannot be selected: the key of the text. */
type Refusal = 'limitReached' | 'seatNotFree';

/** Selects seats by the rules of the event, and explains them before the server refuses. */
export function useSelecting({ event, seats, selected, mine, limit, isBusy }: Options) {
  const { store, selection } = seats;
  const [lost, setLost] = useLostSeats(seats, mine, isBusy);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const describe = (reason: Refusal) => t(reason, { limit: event.seatLimit });
  const refuse = (reason: Refusal) => {
    setRefusal(reason);
    announce(describe(reason));
  };
  const closeAdvice = () => {
    setLost(null);
    setRefusal(null);
  };
  const toggle = (index: number) => {
    if (isBusy || mine.has(index)) return;
    const isSelected = selection.get().has(index);
    if (!isSelected && selection.get().size >= limit) return refuse('limitReached');
    if (!isSelected && store.statusOf(index) !== 'AVAILABLE') return refuse('seatNotFree');
    closeAdvice();
    selection.toggle(index);
    const label = store.labelOf(index);
    announce(t(isSelected ? 'unselected' : 'selected', { label, count: selection.get().size }));
  };
  const findAdvice = (): AdviceText | null => {
    if (refusal !== null) return { text: describe(refusal), choices: [] };
    if (lost !== null) return adviseLost(store, lost);
    return event.orphanRule === 'FORBID' ? adviseOrphan(store, selected, limit) : null;
  };
  return { toggle, advice: findAdvice(), closeAdvice };
}

function adviseLost(store: SeatStore, { seats, nearest }: LostSeats): AdviceText {
  const toChoice = (index: number) => ({ index, label: t('takeInstead', { label: store.labelOf(index) }) });
  return { text: describeLost(store, seats), choices: nearest.map(toChoice) };
}

function adviseOrphan(store: SeatStore, selected: ReadonlySet<number>, limit: number): AdviceText | null {
  const isFree = (index: number) => store.statusOf(index) === 'AVAILABLE';
  const [orphan] = findOrphans(store.layout, selected, isFree);
  if (orphan === undefined) return null;
  const label = store.labelOf(orphan);
  const choices = selected.size < limit ? [{ index: orphan, label: t('addSeat', { label }) }] : [];
  return { text: t('orphanAdvice', { label }), choices };
}
