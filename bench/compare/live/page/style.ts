import { style } from '../../page/style.js';

/** The look of the comparison's page, as wide as four arms need. */
export const liveStyle = `${style}
:root { --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; } }
main { max-width: 80rem; }
h1 { margin: 0 0 0.5rem; }
p { margin: 0.5rem 0; }
.controls {
  position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 8px;
  padding: 8px 0; background: var(--ground);
}
button {
  flex: 1 1 9rem; max-width: 20rem; min-height: 44px; padding: 8px 14px; border: 2px solid var(--ink);
  border-radius: 6px; background: var(--ground); color: var(--ink); font: inherit; font-weight: 600;
  cursor: pointer;
}
#kill { background: var(--bad); border-color: var(--bad); color: var(--ground); }
button[aria-disabled='true'] { opacity: 0.5; cursor: not-allowed; }
button:focus-visible { outline: 3px solid var(--saga); outline-offset: 2px; }
#notice { min-height: 3em; }
.arms { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); gap: 12px; }
.arm-card { border: 1px solid var(--rule); border-top: 4px solid var(--arm); border-radius: 6px; padding: 10px 12px; }
.arm-card h2 { margin: 0; display: flex; align-items: center; gap: 6px; }
.arm-card .process { margin-left: auto; font-size: 0.875rem; font-weight: 400; color: var(--quiet); }
.process [data-value='killed'] { color: var(--bad); font-weight: 700; }
.arm-card dl { display: grid; grid-template-columns: repeat(4, 1fr); gap: 10px 8px; margin: 0.5rem 0 0; }
.figure { display: flex; flex-direction: column-reverse; justify-content: flex-end; min-width: 0; overflow-wrap: normal; }
.figure dt { font-weight: 400; font-size: 0.75rem; line-height: 1.25; color: var(--quiet); }
.figure dd { margin: 0; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.figure.stuck dd:not([data-value='0']), .figure.wrong dd:not([data-value='0']) { color: var(--bad); font-weight: 700; }
.figure.recovery, .figure.event { grid-column: 1 / -1; flex-direction: row; justify-content: space-between; align-items: baseline; gap: 8px; }
.figure.recovery dd, .figure.event dd { font-size: 1rem; text-align: right; }
#kill { flex-grow: 2; }
details dl { margin: 0; }
`;
