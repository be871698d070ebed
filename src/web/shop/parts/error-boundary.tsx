import { Component, type ReactNode } from 'react';
import { t } from '../text/i18n.ts';

interface Props {
  readonly children: ReactNode;
}

/** Shows a page that can be reloaded if a component fails. The server keeps holds and bookings. */
export class ErrorBoundary extends Component<Props, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <main className="page narrow" role="alert">
        <h1>{t('crashTitle')}</h1>
        <p>{t('crashText')}</p>
        <button type="button" className="primary" onClick={() => location.reload()}>
          {t('reload')}
        </button>
      </main>
    );
  }
}
