import { useSyncExternalStore } from 'react';
import { useIsReadOnly } from '../api/service.ts';
import { t } from '../text/i18n.ts';

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

/**
 * Says that the browser is offline, or that writes are off. Always present, so that its text is announced, and above the page, so
 * that nothing moves.
 */
export function ConnectionBanner() {
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine);
  const isReadOnly = useIsReadOnly();
  return (
    <div role="status" className="offline">
      {!isOnline && <p>{t('offline')}</p>}
      {isOnline && isReadOnly && <p>{t('readOnlyNow')}</p>}
    </div>
  );
}
