import { runInNewContext } from 'node:vm';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { beforeEach, describe, expect, it } from 'vitest';
import { editBundle, tabRunsScript } from '../../../src/http/routes/graphiql/tab-runs.ts';

/*
 * GraphiQL's own actions, taken out of the edited bundle of the installed package, on a small store. The names of what
 * they call are the bundle's.
 */

interface Tab {
  readonly id: string;
  readonly response: string | null;
}

interface Actions {
  addTab(): void;
  changeTab(index: number): void;
  closeTab(index: number): void;
  stop(): void;
  run(): Promise<void>;
  updateActiveTabValues(values: object): void;
  storeTabs(): void;
}

interface State {
  tabs: readonly Tab[];
  activeTabIndex: number;
  isFetching: boolean;
  subscription: object | null;
  readonly actions: Actions;
  readonly queryEditor: object;
  readonly responseEditor: object;
  readonly queryId: number;
  readonly fetcher: () => Promise<unknown>;
}

/** A response that the test sends, and whether it was unsubscribed from. */
class Subscription implements AsyncIterable<unknown> {
  stopped = false;
  readonly #waiting: ((result: IteratorResult<unknown, undefined>) => void)[] = [];

  [Symbol.asyncIterator]() {
    return {
      next: () => new Promise<IteratorResult<unknown, undefined>>((resolve) => this.#waiting.push(resolve)),
      return: () => {
        this.stopped = true;
        this.end();
        return Promise.resolve({ done: true as const, value: undefined });
      },
    };
  }

  async send(value: string): Promise<void> {
    this.#waiting.shift()?.({ done: false, value });
    await settled();
  }

  end(): void {
    this.#waiting.shift()?.({ done: true, value: undefined });
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

const page = renderGraphiQL({});
const bundle = editBundle(page);

function between(from: string, to: string): string {
  const start = bundle.indexOf(from);
  expect(start).toBeGreaterThan(0);
  return bundle.slice(start, bundle.indexOf(to, start));
}

let state: State;
let shown: string;
/** The responses to the next operations. */
let answers: unknown[];

beforeEach(() => {
  answers = [];
  shown = '';
  let nextId = 0;
  const newTab = () => ({ id: `tab ${++nextId}`, response: null });
  const set = (change: object | ((now: State) => object)) => {
    state = {
      ...state,
      ...(typeof change === 'function' ? (change as (now: State) => object)(state) : change),
    };
  };
  const responseEditor = { setValue: (text: string) => void (shown = text) };
  const text = (value: unknown) => String(value);
  const actions = runInNewContext(
    `${tabRunsScript}
    const tabActions = (() => { const i = showTab; const s = (now) => now; return {${between('addTab(){', ',moveTab(')},${between('closeTab(o){', ',updateActiveTabValues(')}} })();
    const runActions = (() => { const i = () => 'query'; return {${between('stop(){e(s=>tabRuns', '}}},oN=')}} })();
    ({ ...tabActions, ...runActions })`,
    {
      e: set,
      t: () => state,
      showTab: (tab: Tab) => void (shown = tab.response ?? ''),
      kbe: newTab,
      // Parsing of variables and headers, printing of answers and errors, kinds of answers.
      FK: () => ({}),
      NK: text,
      JI: text,
      ime: () => false,
      sme: (answer: unknown) => answer instanceof Subscription,
    },
  ) as Actions;
  actions.storeTabs = () => undefined;
  actions.updateActiveTabValues = (values) =>
    set(({ tabs, activeTabIndex }) => ({
      tabs: tabs.map((tab, index) => (index === activeTabIndex ? { ...tab, ...values } : tab)),
    }));
  state = {
    tabs: [newTab(), newTab()],
    activeTabIndex: 0,
    isFetching: false,
    subscription: null,
    actions,
    queryEditor: {},
    responseEditor,
    queryId: 0,
    fetcher: () => Promise.resolve(answers.shift()),
  };
});

async function runSubscription(): Promise<Subscription> {
  const subscription = new Subscription();
  answers.push(subscription);
  void state.actions.run();
  await settled();
  return subscription;
}

describe('a subscription', () => {
  it('continues while another tab is visible, and shows its last message when its tab is selected again', async () => {
    const subscription = await runSubscription();
    await subscription.send('first');
    expect(shown).toBe('first');
    state.actions.changeTab(1);
    expect({ shown, subscription: state.subscription }).toEqual({ shown: '', subscription: null });
    answers.push('of tab 2');
    await state.actions.run();
    await subscription.send('second');
    expect(shown).toBe('of tab 2');
    state.actions.changeTab(0);
    expect({ shown, stopped: subscription.stopped }).toEqual({ shown: 'second', stopped: false });
    expect(state.subscription).not.toBeNull();
    await subscription.send('third');
    expect(shown).toBe('third');
  });

  it('can be stopped and started again after other tabs were visible', async () => {
    const subscription = await runSubscription();
    state.actions.changeTab(1);
    state.actions.changeTab(0);
    await state.actions.run();
    expect({ stopped: subscription.stopped, kept: state.subscription }).toEqual({
      stopped: true,
      kept: null,
    });
    const second = await runSubscription();
    await second.send('again');
    expect(shown).toBe('again');
    state.actions.stop();
    expect({ stopped: second.stopped, kept: state.subscription }).toEqual({ stopped: true, kept: null });
  });

  it('does not continue in a new tab', async () => {
    const subscription = await runSubscription();
    state.actions.addTab();
    await subscription.send('for tab 1');
    expect({ shown, kept: state.subscription }).toEqual({ shown: '', kept: null });
  });

  it.each([
    ['visible', [0]],
    ['not visible', [1, 0]],
  ])('ends when its tab is closed, %s', async (_, [first, second]) => {
    const subscription = await runSubscription();
    if (second !== undefined) state.actions.changeTab(first ?? 0);
    state.actions.closeTab(second ?? 0);
    await settled();
    expect({ stopped: subscription.stopped, kept: state.subscription }).toEqual({
      stopped: true,
      kept: null,
    });
  });
});

it('refuses a bundle without the texts to edit', () => {
  expect(() => editBundle(bundle)).toThrow(/the GraphiQL bundle contains ".*" 0 times instead of once/);
});
