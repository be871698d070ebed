import { Link } from 'wouter';
import { PageTitle } from '../parts/page-title.tsx';
import { t } from '../text/i18n.ts';

export function NotFoundPage() {
  return (
    <div className="page narrow">
      <p className="eyebrow">404</p>
      <PageTitle title={t('pageNotFound')}>{t('pageNotFound')}</PageTitle>
      <p>{t('pageNotFoundText')}</p>
      <Link className="button primary" href="/">
        {t('allEvents')}
      </Link>
    </div>
  );
}
