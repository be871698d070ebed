import { useSyncExternalStore } from 'react';

let message = '';
let listener = () => {};

/** Announces a text to screen readers, when they have finished what they are reading. */
export function announce(text: string): void {
  // A space at the end makes a repeated message a change.
  message = message === text ? `${text}\u00A0` : text;
  listener();
}

const subscribe = (next: () => void) => {
  listener = next;
  return () => (listener = () => {});
};

/** The only polite live region of the page. */
export function Announcer() {
  const text = useSyncExternalStore(subscribe, () => message);
  return (
    <div className="visually-hidden" role="status" aria-live="polite" data-testid="announcer">
      {text}
    </div>
  );
}
