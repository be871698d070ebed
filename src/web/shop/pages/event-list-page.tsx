import { useEffect, useRef, useState, type FormEvent } from 'react';
import { Link, useSearchParams } from 'wouter';
import { eventAddress } from '../api/addresses.ts';
import { askPublic } from '../api/client.ts';
import { getServerTime } from '../api/clock.ts';
import { EventListDocument, type EventListQuery } from '../api/operations/events.ts';
import { announce } from '../parts/announcer.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { Loading, LoadFailed } from '../parts/states.tsx';
import { formatCount, formatDateTime, formatDay, formatMoney } from '../text/format.ts';
import { t } from '../text/i18n.ts';

type Page = EventListQuery['events'];
type Event = Page['edges'][number]['node'];

interface Listing {
  readonly search: string;
  readonly pages: readonly Page[];
}

export function EventListPage() {
  const [parameters, setParameters] = useSearchParams();
  const search = (parameters.get('q') ?? '').trim().slice(0, 100);
  const [listing, setListing] = useState<Listing | null>(null);
  const [failed, setFailed] = useState(false);
  const [run, setRun] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    setFailed(false);
    askPublic(EventListDocument, { search: search === '' ? null : search, after: null })
      .then(({ events }) => {
        if (!isCurrent) return;
        setListing({ search, pages: [events] });
        if (search !== '') announce(t('eventsFound', { count: events.totalCount }));
      })
      .catch(() => isCurrent && setFailed(true));
    return () => {
      isCurrent = false;
    };
  }, [search, run]);
  const find = (text: string) => setParameters(text.trim() === '' ? {} : { q: text.trim() });
  return (
    <div className="page">
      <PageTitle title={t('findEvents')}>{t('findEvents')}</PageTitle>
      <SearchForm key={search} search={search} onSearch={find} />
      {failed ? (
        <LoadFailed onRetry={() => setRun(run + 1)} />
      ) : listing === null ? (
        <Loading lines={6} />
      ) : (
        <Events
          listing={listing}
          onMore={(page) => setListing({ search, pages: [...listing.pages, page] })}
        />
      )}
    </div>
  );
}

interface SearchFormProps {
  readonly search: string;
  readonly onSearch: (text: string) => void;
}

function SearchForm({ search, onSearch }: SearchFormProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = new FormData(event.currentTarget).get('q');
    onSearch(typeof text === 'string' ? text : '');
  };
  return (
    <form className="search" role="search" onSubmit={submit}>
      <label className="visually-hidden" htmlFor="search">
        {t('searchLabel')}
      </label>
      <input
        id="search"
        name="q"
        type="search"
        maxLength={100}
        defaultValue={search}
        placeholder={t('searchLabel')}
        autoComplete="off"
      />
      <button type="submit" className="primary">
        {t('search')}
      </button>
    </form>
  );
}

interface EventsProps {
  readonly listing: Listing;
  readonly onMore: (page: Page) => void;
}

function Events({ listing, onMore }: EventsProps) {
  const events = listing.pages.flatMap(({ edges }) => edges.map(({ node }) => node));
  const last = listing.pages.at(-1)?.pageInfo;
  const list = useRef<HTMLUListElement>(null);
  const [more, setMore] = useState<'idle' | 'loading' | 'failed'>('idle');
  if (events.length === 0) {
    return (
      <div className="empty">
        <h2>{listing.search === '' ? t('noEvents') : t('noEventsFound')}</h2>
        <p>{listing.search === '' ? t('noEventsText') : t('noEventsFoundText')}</p>
        {listing.search !== '' && <Link href="/">{t('allEvents')}</Link>}
      </div>
    );
  }
  const loadMore = async () => {
    setMore('loading');
    try {
      const variables = {
        search: listing.search === '' ? null : listing.search,
        after: last?.endCursor ?? null,
      };
      const { events: page } = await askPublic(EventListDocument, variables);
      onMore(page);
      setMore('idle');
      // The first new event gets the focus, because the button moves away from it.
      requestAnimationFrame(() =>
        list.current?.children[events.length]?.querySelector('a')?.focus({ preventScroll: true }),
      );
    } catch {
      setMore('failed');
    }
  };
  return (
    <>
      <ul className="events" ref={list}>
        {events.map((event) => (
          <li key={event.id}>
            <EventCard event={event} />
          </li>
        ))}
      </ul>
      {more === 'failed' && <p role="alert">{t('loadFailedText')}</p>}
      {last?.hasNextPage === true && (
        <button type="button" className="more" disabled={more === 'loading'} onClick={() => void loadMore()}>
          {t('moreEvents')}
        </button>
      )}
    </>
  );
}

function EventCard({ event }: { readonly event: Event }) {
  const { timeZone, name } = event.venue;
  const { month, day, weekday } = formatDay(event.startsAt, timeZone);
  const state = describeState(event);
  const prices = event.priceTiers.map(({ price }) => price).toSorted((a, b) => a.amount - b.amount);
  return (
    <Link className="card event-card" href={eventAddress(event.id)}>
      <span className="sheet" aria-hidden="true">
        <span>{month}</span>
        <b>{day}</b>
        <span>{weekday}</span>
      </span>
      <span className="about">
        <b className="name">
          <bdi>{event.name}</bdi>
        </b>
        <span>
          <time dateTime={event.startsAt}>{formatDateTime(event.startsAt, timeZone)}</time>
        </span>
        <span>
          <bdi>{name}</bdi>
        </span>
        <span className={`state ${state.kind}`}>{state.text}</span>
        {prices[0] !== undefined && (
          <span className="price">{t('from', { price: formatMoney(prices[0]) })}</span>
        )}
      </span>
    </Link>
  );
}

function describeState(event: Event): { kind: 'good' | 'low' | 'off'; text: string } {
  const { available, total } = event.availability;
  const now = getServerTime();
  if (event.status === 'CANCELED') return { kind: 'off', text: t('stateCanceled') };
  if (event.status === 'PAUSED') return { kind: 'off', text: t('statePaused') };
  if (event.status === 'ENDED' || Date.parse(event.saleEndsAt) <= now)
    return { kind: 'off', text: t('stateEnded') };
  if (Date.parse(event.onSaleAt) > now) {
    return {
      kind: 'off',
      text: t('saleFrom', { time: formatDateTime(event.onSaleAt, event.venue.timeZone) }),
    };
  }
  if (available === 0) return { kind: 'off', text: t('stateSoldOut') };
  const text = t('seatsFree', { count: available, shown: formatCount(available) });
  return { kind: available < total / 10 ? 'low' : 'good', text };
}
