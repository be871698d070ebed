import { t } from '../../text/i18n.ts';

/** What the buyer should know about a choice, with seats that can be taken instead. */
export interface AdviceText {
  readonly text: string;
  readonly choices: readonly { readonly label: string; readonly index: number }[];
}

interface Props {
  readonly advice: AdviceText;
  readonly onChoose: (index: number) => void;
  readonly onClose: () => void;
}

/** A message at the lower edge of the window, because the map and the list are both too large for one beside them. */
export function Advice({ advice, onChoose, onClose }: Props) {
  return (
    <div className="advice" role="group" aria-label={t('advice')}>
      <p>{advice.text}</p>
      {advice.choices.map(({ label, index }) => (
        <button key={index} type="button" onClick={() => onChoose(index)}>
          {label}
        </button>
      ))}
      <button type="button" className="quiet icon" aria-label={t('closeAdvice')} onClick={onClose}>
        ×
      </button>
    </div>
  );
}
