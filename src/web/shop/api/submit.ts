import type { TypedDocumentNode } from 'urql';
import { ask, ensureSession, NoAnswerError, SessionOverError } from './client.ts';
import type { ProblemFragment } from './operations/fragments.ts';
import type { Outcome, Problem } from './problem.ts';
import { getToken } from './session.ts';

interface Answer {
  readonly outcome: { readonly __typename: string } | null;
}

/** The members of a result union that are not errors. */
export type Success<Data extends Answer> = Exclude<NonNullable<Data['outcome']>, { readonly code: unknown }>;

export interface SubmitOptions {
  /** Called when it is unknown whether the server has done it, and again when an answer has arrived. */
  readonly onUnknown?: (isUnknown: boolean) => void;
  /** False for what only the session can do that holds the seats: another one would get NOT_FOUND. Default: true. */
  readonly startsSession?: boolean;
  /** True if the same request was sent before, by a page that did not learn the outcome. Default: false. */
  readonly isRepeated?: boolean;
}

const DELAYS_MS = [500, 1_000, 2_000, 4_000, 8_000];
/** Short refusals of a busy server that the buyer does not need to see. */
const BUSY_RETRIES = 2;

/**
 * Sends a mutation until its outcome is known. The variables contain the same idempotency key each time, or the mutation is
 * idempotent by itself, so that a repetition returns the first outcome.
 */
export async function submit<Data extends Answer, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { onUnknown = () => {}, startsSession = true, isRepeated = false }: SubmitOptions = {},
): Promise<Outcome<Success<Data>>> {
  let busy = 0;
  let mayHaveSucceeded = isRepeated;
  for (let attempt = 0; ; attempt++) {
    const outcome = await attemptOnce(document, variables, startsSession);
    if (outcome === null || isUnknown(outcome)) {
      onUnknown(true);
      mayHaveSucceeded = true;
      await waitOrOnline(DELAYS_MS[Math.min(attempt, DELAYS_MS.length - 1)] ?? 0);
      continue;
    }
    if (isBusy(outcome) && busy++ < BUSY_RETRIES) {
      await waitOrOnline(outcome.retryAfterSeconds * 1_000);
      continue;
    }
    onUnknown(false);
    return toOutcome<Data>(outcome, mayHaveSucceeded);
  }
}

type Reply = { readonly __typename: string } | Failure;
interface Failure {
  readonly failure: 'session-over' | 'unexpected';
}

/** Returns null if no answer arrived. */
async function attemptOnce<Data extends Answer, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  startsSession: boolean,
): Promise<Reply | null> {
  try {
    if (startsSession) await ensureSession();
    else if (getToken() === null) return { failure: 'session-over' };
    const { outcome } = await ask(document, variables);
    return outcome ?? { failure: 'unexpected' };
  } catch (error) {
    if (error instanceof NoAnswerError) return null;
    return { failure: error instanceof SessionOverError ? 'session-over' : 'unexpected' };
  }
}

function isProblem(reply: Reply): reply is Reply & ProblemFragment {
  return 'code' in reply;
}

function isBusy(reply: Reply): reply is Reply & ProblemFragment & { retryAfterSeconds: number } {
  return isProblem(reply) && reply.code === 'BUSY';
}

function isUnknown(reply: Reply): boolean {
  return isBusy(reply) && 'outcomeUnknown' in reply && reply.outcomeUnknown;
}

function toOutcome<Data extends Answer>(reply: Reply, mayHaveSucceeded: boolean): Outcome<Success<Data>> {
  if ('failure' in reply) {
    const { failure } = reply;
    const problem: Problem =
      failure === 'session-over' ? { kind: failure, isUnknown: mayHaveSucceeded } : { kind: failure };
    return { ok: false, problem };
  }
  if (isProblem(reply)) return { ok: false, problem: { kind: 'api', error: reply } };
  return { ok: true, value: reply as Success<Data> };
}

/** Waits, at most until the browser reports that it is online again. */
function waitOrOnline(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    window.addEventListener('online', done);
  });
}

/** Returns a new idempotency key. Not by `randomUUID`, which pages over plain HTTP from another machine do not have. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
