import { useEffect, useRef } from 'react';
import { announce } from '../parts/announcer.tsx';
import { getTierColors } from '../seats/tier-colors.ts';
import type { SeatStore } from '../seats/seat-store.ts';
import { formatCount, formatMoney } from '../text/format.ts';
import type { TextKey } from '../text/catalog.ts';
import { t } from '../text/i18n.ts';
import type { SeatFilter, SeatMap, SeatMapTexts, SeatSet } from './contract.ts';
import { createSeatMap } from './create-seat-map.ts';
import '../styles/map.css';

interface Props {
  readonly store: SeatStore;
  readonly selection: SeatSet;
  readonly mine: SeatSet;
  readonly filter: SeatFilter;
  readonly onToggle: (index: number) => void;
}

/** An element with its map, so that tests find where a seat is drawn. */
type SeatMapElement = HTMLDivElement & { seatMap?: SeatMap };

/** The hall as a picture. Screen readers get the list, which has the same seats. */
export function SeatMapView({ store, selection, mine, filter, onToggle }: Props) {
  const container = useRef<SeatMapElement>(null);
  const map = useRef<SeatMap>(undefined);
  const hint = useRef<HTMLParagraphElement>(null);
  const latest = useRef({ filter, onToggle });
  latest.current = { filter, onToggle };
  useEffect(() => {
    const element = container.current;
    if (element === null) return;
    const texts = getTexts(store, selection, mine);
    const created = createSeatMap(element, {
      layout: store.layout,
      seats: store,
      selection,
      mine,
      filter: latest.current.filter,
      tierColors: getTierColors(store.layout.tiers),
      texts,
      announce,
      onToggleSeat: (index) => latest.current.onToggle(index),
      // Not state: the pointer passes many seats.
      onHoverSeat(index) {
        if (hint.current !== null)
          hint.current.textContent = index === null ? t('mapHint') : texts.describeSeat(index);
      },
    });
    map.current = element.seatMap = created;
    return () => created.destroy();
  }, [store, selection, mine]);
  useEffect(() => map.current?.setFilter(filter), [filter]);
  return (
    <section className="seat-map" aria-label={t('map')}>
      <a className="button to-list" href="#seat-list">
        {t('seatList')}
      </a>
      <div className="map-frame">
        {/* Arrow keys move from seat to seat, so a screen reader must pass them on. */}
        <div
          ref={container}
          className="map-canvas"
          role="application"
          tabIndex={0}
          aria-label={t('map')}
          aria-description={t('mapKeys')}
        />
        <div className="map-buttons">
          <button type="button" aria-label={t('zoomIn')} onClick={() => map.current?.zoom(1.6)}>
            +
          </button>
          <button type="button" aria-label={t('zoomOut')} onClick={() => map.current?.zoom(1 / 1.6)}>
            −
          </button>
          <button type="button" aria-label={t('zoomFit')} onClick={() => map.current?.fit()}>
            ⤢
          </button>
        </div>
      </div>
      <p className="map-hint" ref={hint} aria-hidden="true">
        {t('mapHint')}
      </p>
      <Legend />
    </section>
  );
}

const signs: readonly (readonly [string, TextKey])[] = [
  ['●', 'legendFree'],
  ['✓', 'legendSelected'],
  ['★', 'legendMine'],
  ['○', 'legendHeld'],
  ['×', 'legendBooked'],
  ['–', 'legendBlocked'],
];

function Legend() {
  return (
    <ul className="map-legend" aria-label={t('legend')}>
      {signs.map(([sign, text]) => (
        <li key={text}>
          <span aria-hidden="true">{sign}</span> {t(text)}
        </li>
      ))}
    </ul>
  );
}

const statusTexts = {
  AVAILABLE: 'free',
  HELD: 'legendHeld',
  BOOKED: 'legendBooked',
  BLOCKED: 'legendBlocked',
} as const;

function getTexts(store: SeatStore, selection: SeatSet, mine: SeatSet): SeatMapTexts {
  const { layout } = store;
  const currency = layout.tiers[0]?.currency ?? 'EUR';
  const getState = (index: number): TextKey => {
    if (mine.get().has(index)) return 'yours';
    return selection.get().has(index) ? 'legendSelected' : statusTexts[store.statusOf(index)];
  };
  return {
    describeSeat(index) {
      const tier = layout.tiers[layout.tier[index] ?? 0];
      return t('seatButton', {
        label: layout.labels[index] ?? '',
        tier: tier?.name ?? '',
        price: tier === undefined ? '' : formatMoney(tier),
        state: t(getState(index)),
      });
    },
    describeSection: (name, free, amountMin) =>
      amountMin === null
        ? [name, t('stateSoldOut')]
        : [
            name,
            t('freeShort', { shown: formatCount(free) }),
            t('from', { price: formatMoney({ amount: amountMin, currency }) }),
          ],
  };
}
