/** Colours that are told apart also by those who see no red or no green, on either ground. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --ink: #1b1f24; --quiet: #59636e; --rule: #d1d9e0;
  --saga: #0072b2; --naive: #c04a00; --outbox: #00795a; --mix: #9a3a8c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181d; --ink: #e6ebf0; --quiet: #9aa5b1; --rule: #38424d;
    --saga: #56b4e9; --naive: #f0965a; --outbox: #3ccfa4; --mix: #e39ac6;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 47rem; margin: 0 auto; padding: 16px; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.5rem 0 0.5rem; }
h3 { font-size: 1rem; }
a { color: inherit; }
ul { padding-left: 1.2rem; }
figure { margin: 1rem 0; }
figcaption, .quiet { color: var(--quiet); font-size: 0.875rem; }
dt { font-weight: 600; }
dd { margin: 0 0 0.5rem 1.4rem; }
summary { cursor: pointer; padding: 8px 0; }
.wide { overflow-x: auto; overflow-wrap: normal; }
table { border-collapse: collapse; font-size: 0.875rem; }
caption { text-align: left; padding: 8px 0; color: var(--quiet); }
th, td { padding: 4px 10px 4px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); }
th[scope='row'] { font-weight: 400; min-width: 7rem; }
td { font-variant-numeric: tabular-nums; }
.picture { display: block; margin: 0.5rem 0; overflow: visible; }
.picture text { fill: var(--ink); font-size: 13px; }
.picture .title { font-weight: 600; }
.picture .figure { text-anchor: end; font-variant-numeric: tabular-nums; }
.picture .tick { text-anchor: middle; fill: var(--quiet); font-size: 12px; }
.picture .absent { fill: var(--quiet); font-style: italic; }
.grid { stroke: var(--rule); }
.interval { stroke-width: 4; stroke-linecap: round; opacity: 0.55; }
.saga { --arm: var(--saga); } .naive { --arm: var(--naive); }
.outbox { --arm: var(--outbox); } .mix { --arm: var(--mix); }
.mark { fill: var(--arm); vertical-align: middle; }
.interval { stroke: var(--arm); }
`;
