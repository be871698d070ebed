import { useEffect, useLayoutEffect, useRef } from 'react';
import { announce } from '../../parts/announcer.tsx';
import { getTierColors } from '../../seats/tier-colors.ts';
import type { SeatStore } from '../../seats/seat-store.ts';
import { getLanguage, t } from '../../text/i18n.ts';
import type { Inspected, SeatFilter, SeatMap, SeatSet } from '../contract.ts';
import { createSeatMap } from '../create-seat-map.ts';
import { createTexts } from './create-texts.ts';
import { Legend } from './legend.tsx';
import { SeatTip } from './seat-tip.tsx';
import '../../styles/map.css';

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
  const frame = useRef<HTMLDivElement>(null);
  const container = useRef<SeatMapElement>(null);
  const map = useRef<SeatMap>(undefined);
  // Not state of this component: the pointer passes many seats.
  const showTip = useRef((_inspected: Inspected | null) => {});
  const latest = useRef({ filter, onToggle });
  latest.current = { filter, onToggle };
  useHeightOfWindow(frame);
  useEffect(() => {
    const element = container.current;
    if (element === null) return;
    const created = createSeatMap(element, {
      layout: store.layout,
      seats: store,
      selection,
      mine,
      filter: latest.current.filter,
      tierColors: getTierColors(store.layout.tiers),
      texts: createTexts(store, selection, mine),
      announce,
      onToggleSeat: (index) => latest.current.onToggle(index),
      onInspect: (inspected) => showTip.current(inspected),
    });
    map.current = element.seatMap = created;
    return () => created.destroy();
  }, [store, selection, mine]);
  useEffect(() => map.current?.setFilter(filter), [filter]);
  const language = getLanguage();
  const drawnLanguage = useRef(language);
  useEffect(() => {
    // The first picture has it.
    if (drawnLanguage.current !== language) map.current?.repaint();
    drawnLanguage.current = language;
  }, [language]);
  return (
    <section className="seat-map" aria-label={t('map')}>
      <div className="map-frame" ref={frame}>
        {/* Arrow keys move from seat to seat, so a screen reader must pass them on. */}
        <div
          ref={container}
          className="map-canvas"
          role="application"
          tabIndex={0}
          aria-label={t('map')}
          aria-description={t('mapKeys')}
        />
        <SeatTip {...{ store, selection, mine, filter }} show={showTip} />
      </div>
      <div className="map-buttons">
        <button type="button" aria-label={t('zoomIn')} onClick={() => map.current?.zoom(1.6)}>
          <Icon path="M10 4v12M4 10h12" />
        </button>
        <button type="button" aria-label={t('zoomOut')} onClick={() => map.current?.zoom(1 / 1.6)}>
          <Icon path="M4 10h12" />
        </button>
        <button type="button" aria-label={t('zoomFit')} onClick={() => map.current?.fit()}>
          <Icon path="M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4" />
        </button>
      </div>
      <Legend />
    </section>
  );
}

function Icon({ path }: { readonly path: string }) {
  return (
    <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path d={path} fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}

/** Gives the map the height that the window has below it, so that it is seen whole without scrolling. */
function useHeightOfWindow(frame: React.RefObject<HTMLDivElement | null>): void {
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const measure = () => {
      const top = Math.round(element.getBoundingClientRect().top + window.scrollY);
      element.style.setProperty('--map-top', `${top}px`);
    };
    measure();
    // What is above the map grows and shrinks with the width of the window and with its texts.
    const sizes = new ResizeObserver(measure);
    sizes.observe(document.body);
    return () => sizes.disconnect();
  }, [frame]);
}
