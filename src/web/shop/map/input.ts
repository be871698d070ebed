import type { ScreenPoint } from './contract.ts';
import { isStepKey, type StepKey } from './steps.ts';

export interface PointerActions {
  pan(x: number, y: number): void;
  zoom(factor: number, about: ScreenPoint): void;
  /** A click or tap. `isTouch` is true for fingers, which are less exact than a mouse. */
  tap(point: ScreenPoint, isTouch: boolean): void;
  doubleTap(point: ScreenPoint): void;
  /** The mouse is at a point, or has left. */
  hover(point: ScreenPoint | null): void;
}

/** Way after which a press is a drag. */
const DRAG_PX = 6;
const DOUBLE_MS = 300;
const DOUBLE_PX = 30;
const WHEEL_STEP = 0.0016;

/** Translates pointer and wheel events. Two pointers pinch. Ends when `signal` aborts. */
export function listenToPointers(canvas: HTMLElement, actions: PointerActions, signal: AbortSignal): void {
  const pressed = new Map<number, ScreenPoint>();
  let start: ScreenPoint | null = null;
  let isDragging = false;
  let lastTap = { atMs: -Infinity, point: { x: 0, y: 0 } };
  const locate = (event: MouseEvent): ScreenPoint => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const on = <K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (event: HTMLElementEventMap[K]) => void,
  ) => canvas.addEventListener(type, listener, { signal, passive: false });

  on('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    const point = locate(event);
    pressed.set(event.pointerId, point);
    if (pressed.size === 1) {
      start = point;
      isDragging = false;
    } else isDragging = true;
  });
  on('pointermove', (event) => {
    const point = locate(event);
    const before = pressed.get(event.pointerId);
    if (before === undefined) {
      if (event.pointerType === 'mouse') actions.hover(point);
      return;
    }
    const other = [...pressed].find(([id]) => id !== event.pointerId)?.[1];
    if (other !== undefined) {
      pinch(actions, before, point, other);
    } else if (isDragging || distance(point, start ?? point) > DRAG_PX) {
      isDragging = true;
      actions.pan(point.x - before.x, point.y - before.y);
    } else return;
    pressed.set(event.pointerId, point);
  });
  on('pointerup', (event) => {
    if (!pressed.delete(event.pointerId) || isDragging) return;
    const point = locate(event);
    const isDouble = event.timeStamp - lastTap.atMs < DOUBLE_MS && distance(point, lastTap.point) < DOUBLE_PX;
    lastTap = { atMs: isDouble ? -Infinity : event.timeStamp, point };
    if (isDouble) actions.doubleTap(point);
    else actions.tap(point, event.pointerType !== 'mouse');
  });
  on('pointercancel', ({ pointerId }) => pressed.delete(pointerId));
  on('pointerleave', ({ pointerType }) => {
    if (pointerType === 'mouse') actions.hover(null);
  });
  on('wheel', (event) => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const delta = Math.max(-300, Math.min(300, event.deltaY * lines * (event.ctrlKey ? 4 : 1)));
    actions.zoom(Math.exp(-delta * WHEEL_STEP), locate(event));
  });
}

/** One of two fingers has moved: the hall follows their middle and their distance. */
function pinch(actions: PointerActions, before: ScreenPoint, now: ScreenPoint, other: ScreenPoint): void {
  const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
  actions.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  const spread = distance(before, other);
  if (spread > 0) actions.zoom(distance(now, other) / spread, middle);
}

function distance(one: ScreenPoint, other: ScreenPoint): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

export interface KeyActions {
  step(key: StepKey): void;
  zoom(factor: number): void;
  fit(): void;
  choose(): void;
}

const KEY_FACTOR = 1.5;

/** Translates keys. Those with modifiers, and all others, stay the browser's. Ends when `signal` aborts. */
export function listenToKeys(container: HTMLElement, actions: KeyActions, signal: AbortSignal): void {
  const byKey: Readonly<Record<string, () => void>> = {
    '+': () => actions.zoom(KEY_FACTOR),
    '=': () => actions.zoom(KEY_FACTOR),
    '-': () => actions.zoom(1 / KEY_FACTOR),
    '0': () => actions.fit(),
    Enter: () => actions.choose(),
    ' ': () => actions.choose(),
    Escape: () => container.blur(),
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const action = isStepKey(event.key) ? actions.step.bind(actions, event.key) : byKey[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  container.addEventListener('keydown', onKey, { signal });
}
