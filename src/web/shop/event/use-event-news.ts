import { useEffect, useRef } from 'react';
import { askPublic } from '../api/client.ts';
import { EventNewsDocument } from '../api/operations/events.ts';
import type { EventDetails } from './load-event.ts';

/** Interval of the looks of a visible page, varied so that the pages of a crowd do not look together. */
const LOOK_MS = 30_000;
/** Interval after news, because the page may just have loaded what was true before. */
const LOOK_AFTER_NEWS_MS = 2_000;

/**
 * Calls `onNews` when the organizer has changed the status or the times of the event, which no subscription reports. Looks
 * regularly while the page is visible, and when it becomes visible.
 */
export function useEventNews(event: EventDetails, onNews: () => void): void {
  const latest = useRef({ event, onNews });
  latest.current = { event, onNews };
  const { id } = event;
  useEffect(() => {
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isLooking = false;
    let isAskedAgain = false;
    const look = async () => {
      // A look in progress may have read what was true before.
      isAskedAgain = isLooking;
      if (isLooking) return;
      isLooking = true;
      clearTimeout(timer);
      let nextMs = LOOK_MS;
      try {
        const { event: news } = await askPublic(EventNewsDocument, { id });
        const { event: shown, onNews: report } = latest.current;
        const isSame =
          news?.status === shown.status &&
          news.onSaleAt === shown.onSaleAt &&
          news.saleEndsAt === shown.saleEndsAt;
        if (isCurrent && !isSame) {
          nextMs = LOOK_AFTER_NEWS_MS;
          report();
        }
      } catch {
        // The next look finds out.
      }
      isLooking = false;
      if (!isCurrent) return;
      if (isAskedAgain) return void look(); // guard: news-looked-for-again
      plan(nextMs);
    };
    const plan = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(
        () => {
          // A hidden page looks when it is shown.
          if (document.visibilityState === 'visible') void look();
        },
        ms * (0.5 + Math.random()),
      );
    };
    const wake = () => {
      if (document.visibilityState === 'visible') void look();
    };
    plan(LOOK_MS);
    document.addEventListener('visibilitychange', wake);
    window.addEventListener('online', wake);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', wake);
      window.removeEventListener('online', wake);
    };
  }, [id]);
}
