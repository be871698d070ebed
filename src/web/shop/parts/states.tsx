import type { ReactNode } from 'react';
import { t } from '../text/i18n.ts';

/** Placeholders of about the size of what is loading, so that nothing jumps. */
export function Loading({ lines = 3 }: { readonly lines?: number }) {
  return (
    <div className="loading" role="status">
      <span className="visually-hidden">{t('loading')}</span>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className="bone" aria-hidden="true" />
      ))}
    </div>
  );
}

export function LoadFailed({ onRetry }: { readonly onRetry: () => void }) {
  return (
    <div className="notice warning" role="alert">
      <p>
        <strong>{t('loadFailedTitle')}</strong> {t('loadFailedText')}
      </p>
      <button type="button" onClick={onRetry}>
        {t('tryAgain')}
      </button>
    </div>
  );
}

interface NoticeProps {
  readonly kind: 'info' | 'warning' | 'success';
  readonly title: string;
  readonly children?: ReactNode;
}

export function Notice({ kind, title, children }: NoticeProps) {
  return (
    <div className={`notice ${kind}`}>
      <div>
        <strong>{title}</strong>
        {children}
      </div>
    </div>
  );
}

/** Says that the organizer has paused the sale. */
export function Paused() {
  return (
    <Notice kind="warning" title={t('eventPaused')}>
      <p>{t('eventPausedText')}</p>
    </Notice>
  );
}
