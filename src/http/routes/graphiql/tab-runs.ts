/**
 * GraphiQL knows one operation at a time: it stops a subscription when another tab is chosen, and writes what arrives into
 * the tab that is visible. With this script each tab has an operation of its own, which goes on while others are visible:
 * its responses are kept in its tab, and shown when it is chosen again. The edits below make GraphiQL's store use it.
 */
// guard: graphiql-tab-responses
export const tabRunsScript = String.raw`
const tabRuns = (() => {
  const idle = { isFetching: false, subscription: null };
  /** The last run of each tab, by the id of the tab. */
  const runs = new Map();

  const visibleTab = (state) => state.tabs[state.activeTabIndex];

  /** What the store says of the visible tab's run, once this tab is the visible one. */
  const stateOf = (tab) => {
    const { isFetching, subscription } = runs.get(tab?.id) ?? idle;
    return { isFetching, subscription };
  };

  const stop = (tab) => {
    const run = runs.get(tab?.id);
    runs.delete(tab?.id);
    run?.subscription?.unsubscribe();
    return idle;
  };

  /** Calls GraphiQL's own run with a store that is bound to the tab that is visible now. */
  const start = (set, get, run) => {
    const tab = visibleTab(get());
    if (runs.get(tab.id)?.subscription) return set(stop(tab));
    const own = { ...idle, queryId: get().queryId };
    runs.set(tab.id, own);
    const isLast = () => runs.get(tab.id) === own;
    const isVisible = () => visibleTab(get())?.id === tab.id;

    const setOwn = (changes) => {
      Object.assign(own, changes);
      if (isLast() && isVisible()) set(changes);
    };
    const keep = (values) =>
      isVisible()
        ? get().actions.updateActiveTabValues(values)
        : set(({ tabs }) => ({ tabs: tabs.map((each) => (each.id === tab.id ? { ...each, ...values } : each)) }));
    const getOwn = () => {
      const state = get();
      return {
        ...state,
        ...own,
        // GraphiQL drops what arrives for another query than the last one.
        queryId: isLast() ? own.queryId : null,
        responseEditor: state.responseEditor && {
          setValue: (text) => isVisible() && state.responseEditor.setValue(text),
        },
        actions: { ...state.actions, updateActiveTabValues: keep },
      };
    };
    return run(setOwn, getOwn);
  };

  return { stateOf, stop, start, visibleTab };
})();
`;

interface Edit {
  readonly find: string;
  readonly replace: string;
}

/** Each text stands exactly once in the bundle of the pinned version of the package. */
const edits: readonly Edit[] = [
  // Choosing a tab, an added one included, shows the state of its run instead of stopping the one before.
  {
    find: 'a?.(h),h})},changeTab(o){e(({actions:a,onTabChange:l,tabs:u})=>{a.stop();const c=',
    replace:
      'a?.(h),{...h,...tabRuns.stateOf(tabRuns.visibleTab(h))}})},changeTab(o){e(({actions:a,onTabChange:l,tabs:u})=>{const c=',
  },
  {
    find: 'i(c.tabs[c.activeTabIndex]),l?.(c),c})}',
    replace: 'i(c.tabs[c.activeTabIndex]),l?.(c),{...c,...tabRuns.stateOf(tabRuns.visibleTab(c))}})}',
  },
  // Closing a tab stops its run, visible or not.
  { find: '{a===o&&u.stop();const d=', replace: '{tabRuns.stop(c[o]);const d=' }, // guard: graphiql-closed-tab
  {
    find: 'l?.(d),d})},updateActiveTabValues(',
    replace: 'l?.(d),{...d,...tabRuns.stateOf(tabRuns.visibleTab(d))}})},updateActiveTabValues(',
  },
  {
    find: 'stop(){e(({subscription:s})=>(s?.unsubscribe(),{isFetching:!1,subscription:null}))}',
    replace: 'stop(){e(s=>tabRuns.stop(tabRuns.visibleTab(s)))}',
  },
  {
    find: 'async run(){const{externalFragments:s,',
    replace: 'run(){return tabRuns.start(e,t,async(e,t)=>{const{externalFragments:s,',
  },
  {
    find: 'y(JI(N)),e({subscription:null})}}}}},',
    replace: 'y(JI(N)),e({subscription:null})}})}}}},',
  },
];

/** @throws {Error} if the package no longer has a text that is edited. */
export function editBundle(bundle: string): string {
  return edits.reduce((text, { find, replace }) => {
    const parts = text.split(find);
    if (parts.length !== 2)
      throw new Error(`GraphiQL's bundle has "${find}" ${parts.length - 1} times, not once`);
    return parts.join(replace);
  }, bundle);
}
