import { useEffect, useRef, type RefObject } from 'react';

function isUsable(element: HTMLElement): boolean {
  return element.isConnected && !element.matches(':disabled');
}

/** Focuses an element when it appears, as a `ref`. */
export function focusOnMount(element: HTMLElement | null): void {
  element?.focus();
}

/**
 * Keeps the focus in a container if the focused control disappears, as a button does that has done its work: the nearest heading
 * above it gets the focus. A control that was disabled for a while gets the focus back.
 */
export function useKeptFocus<E extends HTMLElement>(): RefObject<E | null> {
  const container = useRef<E>(null);
  useEffect(() => {
    const element = container.current;
    if (element === null) return;
    let last: HTMLElement | null = null;
    let above: readonly HTMLElement[] = [];
    const remember = ({ target }: FocusEvent) => {
      last = target as HTMLElement;
      above = getAncestors(last, element);
    };
    const forget = ({ target }: FocusEvent) => {
      // The buyer moved away, unless the control is being removed or disabled.
      if (isUsable(target as HTMLElement)) last = null;
    };
    const restore = () => {
      if (last === null || document.activeElement !== document.body) return;
      if (isUsable(last)) return last.focus();
      if (last.isConnected) return;
      const place = above.find((ancestor) => ancestor.isConnected && findHeading(ancestor) !== null);
      if (place !== undefined) findHeading(place)?.focus();
    };
    const observer = new MutationObserver(restore);
    observer.observe(element, { childList: true, subtree: true, attributeFilter: ['disabled'] });
    element.addEventListener('focusin', remember);
    element.addEventListener('focusout', forget);
    return () => {
      observer.disconnect();
      element.removeEventListener('focusin', remember);
      element.removeEventListener('focusout', forget);
    };
  }, []);
  return container;
}

function getAncestors(element: HTMLElement, container: HTMLElement): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let next = element.parentElement; next !== null; next = next.parentElement) {
    found.push(next);
    if (next === container) break;
  }
  return found;
}

const findHeading = (place: HTMLElement) => place.querySelector<HTMLElement>(':is(h1, h2)[tabindex="-1"]');
