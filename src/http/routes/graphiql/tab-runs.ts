/**
 * Gives each tab of GraphiQL an operation of its own. GraphiQL runs one operation at a time: it stops a subscription when
 * another tab is selected, and writes responses to the visible tab. With this script an operation continues while other tabs
 * are visible, and its tab shows its responses when it is selected again. The edits below connect it to GraphiQL's store.
 */
// guard: graphiql-tab-responses
export const tabRunsScript = String.raw`
const tabRuns = (() => {
  const idle = { isFetching: false, subscription: null };
  /** The last run of each tab, by the ID of the tab. */
  const runs = new Map();

  const visibleTab = (state) => state.tabs[state.activeTabIndex];

  /** Returns the state of a tab's run, for the store to show when the tab becomes visible. */
  const getState = (tab) => {
    const { isFetching, subscription } = runs.get(tab?.id) ?? idle;
    return { isFetching, subscription };
  };

  const stop = (tab) => {
    const run = runs.get(tab?.id);
    runs.delete(tab?.id);
    run?.subscription?.unsubscribe();
    return idle;
  };

  /** Calls GraphiQL's run function with a store that is bound to the tab that is visible now. */
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
        // GraphiQL drops responses to any query but the last one.
        queryId: isLast() ? own.queryId : null,
        responseEditor: state.responseEditor && {
          setValue: (text) => isVisible() && state.responseEditor.setValue(text),
        },
        actions: { ...state.actions, updateActiveTabValues: keep },
      };
    };
    return run(setOwn, getOwn);
  };

  return { getState, stop, start, visibleTab };
})();
`;

interface Edit {
  readonly find: string;
  readonly replace: string;
}

/** Each text occurs exactly once in the bundle of the pinned version of the package. */
const edits: readonly Edit[] = [
  // Selecting or adding a tab shows the state of its run, and does not stop the run of the previous tab.
  {
    find: 'a?.(h),h})},changeTab(o){e(({actions:a,onTabChange:l,tabs:u})=>{a.stop();const c=',
    replace:
      'a?.(h),{...h,...tabRuns.getState(tabRuns.visibleTab(h))}})},changeTab(o){e(({actions:a,onTabChange:l,tabs:u})=>{const c=',
  },
  {
    find: 'i(c.tabs[c.activeTabIndex]),l?.(c),c})}',
    replace: 'i(c.tabs[c.activeTabIndex]),l?.(c),{...c,...tabRuns.getState(tabRuns.visibleTab(c))}})}',
  },
  // Closing a tab stops its run, even if the tab is not visible.
  { find: '{a===o&&u.stop();const d=', replace: '{tabRuns.stop(c[o]);const d=' }, // guard: graphiql-closed-tab
  {
    find: 'l?.(d),d})},updateActiveTabValues(',
    replace: 'l?.(d),{...d,...tabRuns.getState(tabRuns.visibleTab(d))}})},updateActiveTabValues(',
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

/** @throws {Error} if the bundle does not contain each text exactly once. */
export function editBundle(bundle: string): string {
  return edits.reduce((text, { find, replace }) => {
    const parts = text.split(find);
    if (parts.length !== 2)
      throw new Error(`the GraphiQL bundle contains "${find}" ${parts.length - 1} times instead of once`);
    return parts.join(replace);
  }, bundle);
}
