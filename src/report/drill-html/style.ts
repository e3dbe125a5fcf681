/** Contrast of text to its ground is 4.5 or more in both schemes (WCAG 2.2, 1.4.3). */
const light = `
  --ground: #ffffff; --panel: #f5f6f8; --text: #1b1f24; --quiet: #57606a; --rule: #d5dae0;
  --link: #0b57a4; --leads: #17528f; --on-leads: #ffffff; --serves: #a9cdeb; --on-serves: #10304d;
  --between: #f2bb3a; --on-between: #3a2800; --down: #b3301a; --down-line: #8b1f0d; --on-down: #ffffff;
  --blind: #e3e6ea; --good: #1c6b45; --on-good: #ffffff; --bad: #b3301a; --on-bad: #ffffff;
  --warn: #8a5a00; --on-warn: #ffffff; --unsure: #6b3fa0; --on-unsure: #ffffff;
  --none: #57606a; --on-none: #ffffff; --fault: #c8371f;`;

const dark = `
  --ground: #14171b; --panel: #1d2127; --text: #e7eaee; --quiet: #a3acb7; --rule: #363d46;
  --link: #7db7f0; --leads: #7fb9f2; --on-leads: #06213c; --serves: #26496a; --on-serves: #dbeaf8;
  --between: #d9a12c; --on-between: #2b1d00; --down: #e2664e; --down-line: #b5432d; --on-down: #1c0500;
  --blind: #2b3139; --good: #57c08d; --on-good: #04200f; --bad: #ef7d66; --on-bad: #2a0700;
  --warn: #e0ab3d; --on-warn: #2b1d00; --unsure: #bd9aea; --on-unsure: #1e0a38;
  --none: #a3acb7; --on-none: #14171b; --fault: #ef7d66;`;

const page = `
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1200px; padding: 24px 28px 48px; background: var(--ground);
  color: var(--text); font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 22px; margin: 0 0 2px; }
h2 { font-size: 20px; margin: 0; }
h3 { font-size: 16px; margin: 28px 0 8px; }
p { margin: 6px 0; }
a { color: var(--link); }
.quiet { color: var(--quiet); }
.notice { margin: 16px 0 0; padding: 10px 14px; background: var(--panel);
  border-left: 4px solid var(--warn); }
.drill { margin-top: 36px; padding-top: 24px; border-top: 2px solid var(--rule); }
.head { display: flex; gap: 12px; align-items: center; flex-wrap: wrap; }
.reason { font-size: 16px; margin: 8px 0 14px; }
.badge { padding: 3px 12px; border-radius: 4px; font-weight: 700; white-space: nowrap; }
.head .badge { font-size: 18px; }
.badge.good { background: var(--good); color: var(--on-good); }
.badge.bad { background: var(--bad); color: var(--on-bad); }
.badge.warn { background: var(--warn); color: var(--on-warn); }
.badge.unsure { background: var(--unsure); color: var(--on-unsure); }
.badge.none { background: var(--none); color: var(--on-none); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 18px; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; min-width: min(100%, 760px); font-size: 14px; }
th { text-align: left; font-weight: 600; color: var(--quiet); }
th, td { padding: 4px 20px 4px 0; border-bottom: 1px solid var(--rule); vertical-align: top;
  overflow-wrap: anywhere; }
th { overflow-wrap: normal; vertical-align: bottom; }
th.number { text-align: right; }
td.number { text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
td.name, td.sign { white-space: nowrap; }
td.good { color: var(--good); } td.bad { color: var(--bad); } td.warn { color: var(--warn); }
td.unsure { color: var(--unsure); }
td ul { margin: 0; padding: 0; list-style: none; min-width: 200px; }
ul.plain { margin: 0; padding-left: 20px; }
code { font: 13px ui-monospace, "DejaVu Sans Mono", monospace; }
@media (max-width: 900px) { body { padding: 16px 16px 32px; } th, td { padding-right: 12px; } }
footer { margin-top: 40px; padding-top: 12px; border-top: 1px solid var(--rule); }
`;

const drawing = `
svg { display: block; width: 100%; height: auto; font: 12.5px system-ui, "DejaVu Sans", sans-serif; }
.timeline { min-width: 700px; margin-top: 6px; }
svg text { fill: var(--text); font-variant-numeric: tabular-nums; }
.grid line { stroke: var(--rule); }
.grid text, .observer, .allowed { fill: var(--quiet); }
.observer, .allowed { font-size: 11.5px; }
.moment-lines line { stroke: var(--quiet); stroke-dasharray: 1 4; opacity: 0.7; }
.fault-window { fill: var(--fault); opacity: 0.06; }
.fault-bar { fill: var(--fault); opacity: 0.16; }
.fault-line { stroke: var(--fault); stroke-width: 1.6; }
svg .fault-word { font-weight: 600; font-size: 12px; }
.rule { stroke: var(--rule); }
svg .group { font-weight: 700; }
.allowance { fill: var(--serves); opacity: 0.75; }
.grace { fill: var(--between); opacity: 0.4; }
.soft { stroke: var(--warn); stroke-width: 2.4; }
.hard { stroke: var(--bad); stroke-width: 2.4; }
.dot { fill: var(--text); stroke: var(--ground); stroke-width: 1.4; }
.moment.yes .dot { fill: var(--good); }
.moment.slow .dot { fill: var(--warn); }
.cross { stroke: var(--bad); stroke-width: 2.6; fill: none; }
.error { stroke: var(--text); stroke-width: 2; }
svg .figure { font-weight: 600; font-size: 12px; }
.grid text { paint-order: stroke; stroke: var(--ground); stroke-width: 4px; }
svg .moment.no .figure { fill: var(--bad); }
svg .unseen { font-style: italic; font-weight: 400; }
.leads { fill: var(--leads); } .serves { fill: var(--serves); } .between { fill: var(--between); }
.blind { fill: var(--blind); stroke: var(--quiet); stroke-width: 0.6; stroke-dasharray: 2 2; }
.build { fill: var(--good); } .failed-build { fill: var(--bad); }
.down { fill: url(#hatch); }
.defs { position: absolute; width: 0; height: 0; }
.hatch-ground { fill: var(--down); } .hatch-line { fill: var(--down-line); }
svg .word { font-size: 11.5px; pointer-events: none; }
svg .on-leads { fill: var(--on-leads); } svg .on-serves { fill: var(--on-serves); }
svg .on-between { fill: var(--on-between); } svg .on-build { fill: var(--on-good); }
svg .on-failed-build { fill: var(--on-bad); }
svg .on-down { fill: var(--on-down); paint-order: stroke; stroke: var(--down); stroke-width: 3px; }
.ticks { stroke: var(--quiet); stroke-width: 0.7; fill: none; opacity: 0.75; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 8px 0 0; padding: 0; list-style: none;
  color: var(--quiet); font-size: 13px; }
.legend svg { display: inline-block; width: 26px; height: 12px; vertical-align: -1px; margin-right: 6px; }
.trends { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 14px; margin-bottom: 12px; }
.trends figure { margin: 0; padding: 8px 10px 4px; background: var(--panel); border-radius: 4px; }
.trends figcaption { font-size: 13px; }
.trend-line { fill: none; stroke: var(--quiet); stroke-width: 1.4; }
.trend-bound { stroke: var(--warn); stroke-dasharray: 4 3; stroke-width: 1.2; }
.trends .good { fill: var(--good); } .trends .bad { fill: var(--bad); }
.trends .warn { fill: var(--warn); } .trends .unsure { fill: var(--unsure); } .trends .none { fill: var(--none); }
.trends .now { stroke: var(--text); stroke-width: 1.6; }
.trends svg text { font-size: 11px; fill: var(--quiet); }
`;

/** On paper: light, without what would only be seen by moving a pointer. */
const paper = `
@media print {
  :root { ${light} color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 11px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  table, code, .legend { font-size: 10px; }
  .reason { font-size: 13px; }
  .timeline { min-width: 0; }
  .drill + .drill { break-before: page; }
  tr, figure, .timeline, dl { break-inside: avoid; }
  h3 { break-after: avoid; }
}
`;

export const style = `
:root { ${light} color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
${page}${drawing}${paper}`;
