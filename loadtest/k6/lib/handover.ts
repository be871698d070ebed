import http from 'k6/http';
import { plan } from './plan.ts';

/** A person whose number was called. */
export interface Visitor {
  readonly person: number;
  readonly token: string;
  readonly placeToken: string;
}

/** What came of a visit. */
export interface VisitReport {
  readonly person: number;
  readonly admittedAt: number | null;
  readonly end: string;
  readonly outcomes: Readonly<Record<string, number>>;
}

const params = {
  headers: { 'content-type': 'application/json' },
  tags: { name: 'handover' },
  timeout: '30s',
};

/** Waits for somebody of a kind. Returns null if nobody comes within some seconds, and `over` after the sale. */
export function nextVisitor(kind: string): Visitor | 'over' | null {
  const response = http.post(`${plan.handover?.url}/next`, JSON.stringify({ kind }), params);
  const work = JSON.parse(response.body as string) as { called?: Visitor; over?: boolean };
  if (work.called !== undefined) return work.called;
  return work.over === true ? 'over' : null;
}

export function reportVisit(report: VisitReport): void {
  http.post(`${plan.handover?.url}/done`, JSON.stringify(report), params);
}
