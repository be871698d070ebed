export const homeStyle = `
:root { color-scheme: light dark; --line: light-dark(#dcdce4, #34343f); --soft: light-dark(#5c5c6b, #a5a5b4);
  --card: light-dark(#ffffff, #1d1d24); --accent: light-dark(#b3123f, #ff6b8f); }
* { box-sizing: border-box; }
body { margin: 0; background: light-dark(#f6f6f9, #131318); color: light-dark(#17171f, #ececf2);
  font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 56rem; margin: 0 auto; padding: 3rem 1.25rem 4rem; }
h1 { margin: 0; font-size: 2.75rem; letter-spacing: -0.03em; line-height: 1.1; }
h1::after { content: "."; color: var(--accent); }
h2 { margin: 2.5rem 0 0.75rem; font-size: 1.1rem; }
header p { margin: 0.25rem 0 2rem; color: var(--soft); font-size: 1.15rem; }
em { font-style: normal; color: var(--accent); }
nav { display: grid; grid-template-columns: repeat(2, 1fr); gap: 0.75rem; }
nav a { display: block; padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: 0.75rem;
  background: var(--card); color: inherit; text-decoration: none; }
nav a.wide { grid-column: 1 / -1; }
nav a.first { border-color: var(--accent); }
nav a:hover, nav a:focus-visible { border-color: var(--accent); outline: none; }
nav b { display: block; color: var(--accent); }
nav span, dd { color: var(--soft); }
table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); }
th, td { padding: 0.5rem 0.75rem; text-align: left; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-size: 0.85rem; font-weight: 600; }
td:nth-child(3), td:nth-child(4) { font-variant-numeric: tabular-nums; white-space: nowrap; }
td a { color: var(--accent); }
code { font: 0.9em ui-monospace, monospace; }
dt { font-weight: 600; margin-top: 0.75rem; }
dd { margin: 0; }
@media (max-width: 40rem) { nav { grid-template-columns: 1fr; } section { overflow-x: auto; } }
`;
