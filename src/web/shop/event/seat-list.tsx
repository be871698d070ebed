import { useEffect, useMemo, useRef, useState } from 'react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import type { SeatFilter } from '../map/contract.ts';
import { findFreeSeats, getRows, matchesTier, type HallRow } from '../seats/hall.ts';
import type { FreeCounts } from '../seats/free-counts.ts';
import type { SeatStore, SeatSummary } from '../seats/seat-store.ts';
import { formatCount, formatMoney } from '../text/format.ts';
import { t } from '../text/i18n.ts';
import { isolate } from '../text/isolate.ts';
import { getTierColors } from '../seats/tier-colors.ts';

interface Props {
  readonly store: SeatStore;
  readonly summary: SeatSummary;
  readonly free: FreeCounts;
  readonly selected: ReadonlySet<number>;
  readonly mine: ReadonlySet<number>;
  readonly filter: SeatFilter;
  readonly onToggle: (index: number) => void;
}

/** The seats as text, section by section. It has the same seats and prices as the map. */
export function SeatList(props: Props) {
  const { store } = props;
  const [section, setSection] = useState<number | null>(store.layout.sections.length === 1 ? 0 : null);
  const heading = useRef<HTMLHeadingElement>(null);
  const moved = useRef(false);
  useEffect(() => {
    if (moved.current) heading.current?.focus({ preventScroll: true });
    moved.current = true;
  }, [section]);
  const name = section === null ? '' : store.layout.sections[section];
  return (
    <section className="seat-list" id="seat-list" aria-label={t('seatList')}>
      <div className="list-head">
        <h2 ref={heading} tabIndex={-1}>
          {section === null ? t('chooseSection') : <bdi>{name}</bdi>}
        </h2>
        {section !== null && store.layout.sections.length > 1 && (
          <button type="button" onClick={() => setSection(null)}>
            {t('allSections')}
          </button>
        )}
      </div>
      {section === null ? <Sections {...props} onOpen={setSection} /> : <Rows {...props} section={section} />}
    </section>
  );
}

function Sections({ store, free, filter, onOpen }: Props & { readonly onOpen: (section: number) => void }) {
  const { layout } = store;
  const shown = useMemo(() => {
    const found = new Set<number>();
    layout.section.forEach((section, index) => {
      if (!found.has(section) && matchesTier(layout, filter, index)) found.add(section);
    });
    return [...found];
  }, [layout, filter]);
  const currency = layout.tiers[0]?.currency ?? 'EUR';
  if (shown.length === 0) return <p className="empty">{t('noSeatsMatch')}</p>;
  return (
    <ul className="sections">
      {shown.map((section) => {
        const { free: count = 0, amountMin = null } = free.bySection[section] ?? {};
        return (
          <li key={section}>
            <button type="button" className="section" disabled={count === 0} onClick={() => onOpen(section)}>
              <bdi>{layout.sections[section]}</bdi>
              <span className={count === 0 ? 'soft' : 'free'}>
                {count > 0 && t('seatsFree', { count, shown: formatCount(count) })}
                {count === 0 && t(store.hasFree(section) ? 'noneMatches' : 'stateSoldOut')}
              </span>
              {amountMin !== null && (
                <span className="soft">
                  {t('from', { price: formatMoney({ amount: amountMin, currency }) })}
                </span>
              )}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

const ROW_HEIGHT_PX = 92;

function Rows(props: Props & { readonly section: number }) {
  const { store, section, summary, filter, selected } = props;
  const rows = useMemo(() => getRows(store.layout, section), [store, section]);
  const shown = useMemo(
    () =>
      rows.flatMap((row) => {
        const free = findFreeSeats({ layout: store.layout, seats: store }, row, filter);
        const isWanted = free.size > 0 || row.seats.some((index) => selected.has(index));
        return isWanted ? [{ row, free }] : [];
      }),
    // The revision of the summary stands for the status of the seats.
    [rows, store, filter, selected, summary.revision],
  );
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useEffect(() => setTop(list.current?.offsetTop ?? 0), []);
  const virtualizer = useWindowVirtualizer({
    count: shown.length,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: 6,
    scrollMargin: top,
    getItemKey: (position) => shown[position]?.row.name ?? position,
  });
  const items = virtualizer.getVirtualItems();
  if (shown.length === 0) return <p className="empty">{t('noSeatsMatch')}</p>;
  const before = (items[0]?.start ?? top) - top;
  const after = virtualizer.getTotalSize() - ((items.at(-1)?.end ?? top) - top);
  return (
    <ul className="rows" ref={list}>
      <li aria-hidden="true" ref={(gap) => setHeight(gap, before)} />
      {items.map(({ index, key }) => {
        const found = shown[index];
        return (
          found !== undefined && (
            <li key={key} data-index={index} ref={virtualizer.measureElement}>
              <RowSeats {...props} row={found.row} found={found.free} />
            </li>
          )
        );
      })}
      <li aria-hidden="true" ref={(gap) => setHeight(gap, after)} />
    </ul>
  );
}

/** Heights are set through the object model, because the policy of the page forbids style attributes in HTML. */
function setHeight(element: HTMLElement | null, height: number): void {
  if (element !== null) element.style.height = `${Math.max(0, height)}px`;
}

interface RowProps extends Props {
  readonly row: HallRow;
  readonly found: ReadonlySet<number>;
}

function RowSeats({ store, row, found, selected, mine, onToggle }: RowProps) {
  const { layout } = store;
  const colors = getTierColors(layout.tiers);
  const seats = row.seats.filter((index) => found.has(index) || selected.has(index) || mine.has(index));
  return (
    <div className="row" role="group" aria-label={t('row', { name: row.name === '' ? '–' : row.name })}>
      <div className="row-name">
        <b>{row.name === '' ? t('withoutRow') : t('row', { name: row.name })}</b>
        <span className="soft">{t('freeShort', { shown: formatCount(found.size) })}</span>
      </div>
      <div className="row-seats">
        {seats.map((index) => {
          const tier = layout.tiers[layout.tier[index] ?? 0];
          const price = tier === undefined ? '' : formatMoney(tier);
          const isMine = mine.has(index) && !selected.has(index);
          return (
            <button
              key={index}
              type="button"
              className={isMine ? 'seat mine' : 'seat'}
              data-seat={index}
              data-color={colors[layout.tier[index] ?? 0]}
              aria-pressed={selected.has(index)}
              disabled={isMine}
              title={`${isolate(store.labelOf(index))} · ${isolate(tier?.name ?? '')} · ${price}`}
              aria-label={t('seatButton', {
                label: store.labelOf(index),
                tier: tier?.name ?? '',
                price,
                state: isMine ? t('yours') : t('free'),
              })}
              onClick={() => onToggle(index)}
            >
              {layout.number[index] === '' ? index + 1 : layout.number[index]}
            </button>
          );
        })}
      </div>
    </div>
  );
}
