import { t } from '../../text/i18n.ts';
import type { TextKey } from '../../text/catalog.ts';

const signs: readonly (readonly [string, TextKey])[] = [
  ['●', 'legendFree'],
  ['✓', 'legendSelected'],
  ['★', 'legendMine'],
  ['○', 'legendHeld'],
  ['×', 'legendBooked'],
  ['–', 'legendBlocked'],
];

export function Legend() {
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
