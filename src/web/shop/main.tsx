import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { loadAhead } from './event/load-event.ts';
import { activate, choosePreferred } from './text/i18n.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/pages.css';
import './styles/event.css';
import './styles/print.css';

// The page loads again what fails here.
void Promise.allSettled([loadAhead(location.pathname)]);

// No top-level await: a bundler would have to keep what lazy pages share out of this file.
void (async () => {
  await activate(choosePreferred());
  const container = document.querySelector('#shop');
  if (container === null) throw new Error('the page has no element for the shop');
  createRoot(container).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
})();
