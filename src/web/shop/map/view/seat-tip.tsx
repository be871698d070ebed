import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore, type RefObject } from 'react';
import { matchesTier } from '../../seats/hall.ts';
import type { SeatStore } from '../../seats/seat-store.ts';
import { getTierColors } from '../../seats/tier-colors.ts';
import { formatMoney } from '../../text/format.ts';
import { t } from '../../text/i18n.ts';
import type { Inspected, SeatFilter, SeatSet } from '../contract.ts';
import { describeCounts, getStateText } from './create-texts.ts';

interface Props {
  readonly store: SeatStore;
  readonly selection: SeatSet;
  readonly mine: SeatSet;
  readonly filter: SeatFilter;
  /** Gets a function that shows what the buyer points at. */
  readonly show: RefObject<(inspected: Inspected | null) => void>;
}

/** Room between a seat and what is said about it. */
const GAP_PX = 18;
const MARGIN_PX = 8;

/**
 * Says what a seat or a section is: beside it for the mouse and the keyboard, and at the lower edge for fingers, which cover
 * what they touch. Screen readers get the same from the live region and the list.
 */
export function SeatTip(props: Props) {
  const { store, selection, mine, show } = props;
  const [inspected, setInspected] = useState<Inspected | null>(null);
  const tip = useRef<HTMLDivElement>(null);
  useEffect(() => {
    show.current = setInspected;
  }, [show]);
  // The seat can be taken while its description is shown.
  useSyncExternalStore(store.subscribe, store.getSummary);
  useSyncExternalStore(
    (listener) => selection.subscribe(listener),
    () => selection.get(),
  );
  useSyncExternalStore(
    (listener) => mine.subscribe(listener),
    () => mine.get(),
  );
  useLayoutEffect(() => {
    if (tip.current !== null && inspected !== null) place(tip.current, inspected);
  });
  if (inspected === null) return null;
  return (
    <div className="seat-tip" ref={tip} aria-hidden="true" data-by={inspected.by}>
      {inspected.kind === 'seat' ? (
        <Seat {...props} index={inspected.index} />
      ) : (
        <>
          <b>
            <bdi>{store.layout.sections[inspected.section]}</bdi>
          </b>
          <span>
            {describeCounts(store, inspected.section, inspected.free, inspected.amountMin).join(' · ')}
          </span>
        </>
      )}
    </div>
  );
}

function Seat({ store, selection, mine, filter, index }: Props & { readonly index: number }) {
  const { layout } = store;
  const tier = layout.tiers[layout.tier[index] ?? 0];
  const state = getStateText(store, selection, mine, index);
  const isOther = state === 'free' && !matchesTier(layout, filter, index);
  const parts = [
    [t('tipSection'), layout.sections[layout.section[index] ?? 0]],
    [t('tipRow'), layout.row[index]],
    [t('tipSeat'), layout.number[index]],
  ].filter(([, value]) => value !== undefined && value !== '');
  return (
    <>
      <dl>
        {parts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      <p className="tip-price">
        <span className="dot" data-color={getTierColors(layout.tiers)[layout.tier[index] ?? 0]} />
        <bdi className="tip-tier">{tier?.name}</bdi>
        <b>{tier !== undefined && formatMoney(tier)}</b>
      </p>
      <p className="tip-state" data-state={state}>
        {t(isOther ? 'tipOther' : state)}
      </p>
    </>
  );
}

/** Puts the tip above the seat, or below it if there is no room. */
function place(tip: HTMLElement, { at, by }: Inspected): void {
  if (by === 'touch') {
    tip.style.transform = '';
    return;
  }
  const { clientWidth: width = 0, clientHeight: height = 0 } = tip.parentElement ?? {};
  const left = Math.min(width - tip.offsetWidth - MARGIN_PX, Math.max(MARGIN_PX, at.x - tip.offsetWidth / 2));
  const above = at.y - tip.offsetHeight - GAP_PX;
  const top = above >= MARGIN_PX ? above : Math.min(at.y + GAP_PX, height - tip.offsetHeight);
  tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}
