import { useEffect, useRef, type ReactNode } from 'react';
import type { Problem } from '../api/problem.ts';
import { describeProblem } from './describe-problem.ts';

interface Props {
  readonly problem: Problem;
  readonly timeZone: string;
  /** The next step. */
  readonly children?: ReactNode;
}

/** Tells what went wrong. It takes the focus, because the button that caused it may be gone. */
export function ProblemNotice({ problem, timeZone, children }: Props) {
  const { title, text } = describeProblem(problem, timeZone);
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => element.current?.focus(), [problem]);
  return (
    <div className="notice warning" role="alert" tabIndex={-1} ref={element}>
      <div>
        <strong>{title}</strong>
        <p>{text}</p>
        {children}
      </div>
    </div>
  );
}
