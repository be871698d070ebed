import { useSyncExternalStore } from 'react';
import { t } from '../text/i18n.ts';

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

/** Tells that the browser is offline. Always present, so that its text is announced, and above the page, so that nothing moves. */
export function ConnectionBanner() {
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine);
  return (
    <div role="status" className="offline">
      {!isOnline && <p>{t('offline')}</p>}
    </div>
  );
}
