import { useEffect, useRef, type ReactNode } from 'react';
import { isolate } from '../text/isolate.ts';

interface Props {
  /** Text of the browser's tab. */
  readonly title: string;
  readonly children: ReactNode;
}

let isFirstPage = true;

/** The heading of a page. Takes the focus after a navigation, so that screen readers read it. */
export function PageTitle({ title, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${isolate(title)} – Sellout`;
  }, [title]);
  useEffect(() => {
    if (!isFirstPage) heading.current?.focus({ preventScroll: true });
    if (!isFirstPage) window.scrollTo(0, 0);
    isFirstPage = false;
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
