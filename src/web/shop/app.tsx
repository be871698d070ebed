import { Suspense, useEffect, useState } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { fromAddressId } from './api/addresses.ts';
import { EventListPage } from './pages/event-list-page.tsx';
import { EventPage } from './pages/event-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { Announcer } from './parts/announcer.tsx';
import { ConnectionBanner } from './parts/connection-banner.tsx';
import { ErrorBoundary } from './parts/error-boundary.tsx';
import { loadLazily } from './parts/load-lazily.ts';
import { Loading } from './parts/states.tsx';
import { activate, getLanguage, rememberLanguage, t, type Language } from './text/i18n.ts';

const loadBooking = async () => (await import('./pages/booking-page.tsx')).BookingPage;
const loadBookings = async () => (await import('./pages/bookings-page.tsx')).BookingsPage;
const BookingPage = loadLazily(loadBooking);
const BookingsPage = loadLazily(loadBookings);

/** Time after which the small pages are loaded ahead, so that a confirmed booking can be shown when the connection is bad. */
const AHEAD_MS = 3_000;

/** The frame of all pages, and the routes. A change of the language renders everything again, and keeps all state and the focus. */
export function App() {
  const [language, setLanguage] = useState(getLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (navigator.onLine) void Promise.allSettled([loadBooking(), loadBookings()]);
    }, AHEAD_MS);
    return () => clearTimeout(timer);
  }, []);
  const choose = (next: Language) => {
    rememberLanguage(next);
    void (async () => {
      await activate(next);
      setLanguage(next);
    })();
  };
  return (
    <ErrorBoundary>
      <div className="frame">
        <a className="skip" href="#content">
          {t('skip')}
        </a>
        <Header onLanguage={choose} />
        <ConnectionBanner />
        <main id="content" tabIndex={-1}>
          <Suspense fallback={<Loading lines={5} />}>
            <Routes />
          </Suspense>
        </main>
        <Footer />
        <Announcer />
      </div>
    </ErrorBoundary>
  );
}

function Header({ onLanguage }: { readonly onLanguage: (language: Language) => void }) {
  const other: Language = getLanguage() === 'de' ? 'en' : 'de';
  return (
    <header className="header">
      <Link className="brand" href="/">
        <img src="/favicon.svg" alt="" width="28" height="28" />
        Sellout
      </Link>
      <nav aria-label={t('mainNavigation')}>
        <Link href="/bookings">{t('myBookings')}</Link>
        <button type="button" className="quiet" lang={other} onClick={() => onLanguage(other)}>
          {other === 'de' ? 'Deutsch' : 'English'}
        </button>
      </nav>
    </header>
  );
}

function Footer() {
  const [location] = useLocation();
  return (
    // The footer of another page is another one: it does not move there.
    <footer className="footer" key={location}>
      <span>{t('footer')}</span>
      <a href="/developers">{t('developers')}</a>
    </footer>
  );
}

function Routes() {
  return (
    <Switch>
      <Route path="/" component={EventListPage} />
      <Route path="/e/:id">{({ id }) => <EventPage key={id} id={fromAddressId(id)} />}</Route>
      <Route path="/booking/:id">{({ id }) => <BookingPage key={id} id={fromAddressId(id)} />}</Route>
      <Route path="/bookings" component={BookingsPage} />
      <Route component={NotFoundPage} />
    </Switch>
  );
}
