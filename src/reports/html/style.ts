// The style sheet of the report: system fonts, two colour schemes, paper, narrow screens. Its hash stands in the page's content policy.

/**
 * Hues keep apart under the common forms of colour blindness (blue, vermilion, ochre, after Okabe and Ito), and no colour carries a meaning
 * alone: every result also has a shape and a word. Text colours have a contrast of at least 4.5 to 1 on their ground.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --raised: #f6f7f8; --ink: #1b1f24; --quiet: #57606a; --rule: #d5dade; --link: #0b5cad;
  --passed: #0b5cad; --failed: #b3320b; --needs-review: #8a5a00; --unknown: #6b4a9e; --not-run: #636c76; --not-applicable: #636c76;
  --failed-ground: #fdeee9; --review-ground: #fdf5e2; --passed-ground: #eaf2fb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --raised: #1d2126; --ink: #e4e7ea; --quiet: #a3adb8; --rule: #363d45; --link: #79b8ff;
    --passed: #79b8ff; --failed: #ff9067; --needs-review: #e5b14c; --unknown: #c3a6f2; --not-run: #9aa4ae; --not-applicable: #9aa4ae;
    --failed-ground: #35201a; --review-ground: #2f2815; --passed-ground: #172a3d;
  }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #ffffff; --raised: #ffffff; --ink: #000000; --quiet: #444444; --rule: #bbbbbb; --link: #000000;
    --passed: #0b5cad; --failed: #b3320b; --needs-review: #8a5a00; --unknown: #6b4a9e; --not-run: #555555; --not-applicable: #555555;
    --failed-ground: #ffffff; --review-ground: #ffffff; --passed-ground: #ffffff;
  }
}
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0; overflow-wrap: anywhere; background: var(--paper); color: var(--ink); }
main, header, nav, footer { max-width: 1100px; margin: 0 auto; padding: 0 1.25rem; }
a[href] { color: var(--link); text-underline-offset: 0.15em; }
a:focus-visible, summary:focus-visible, input:focus-visible + label, .scroll:focus-visible, pre:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0; font-weight: 650; text-wrap: balance; }
h2 { font-size: 1.3rem; margin: 3rem 0 0.5rem; padding-top: 1rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 1.5rem 0 0.4rem; }
p { margin: 0.5rem 0; max-width: 75ch; }
ul, ol { padding-left: 1.3rem; margin: 0.4rem 0; }
li { margin: 0.3rem 0; overflow-wrap: anywhere; }
code, pre, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.86em; }
code { overflow-wrap: anywhere; }
pre { background: var(--raised); border: 1px solid var(--rule); border-radius: 6px; padding: 0.6rem 0.8rem; overflow-x: auto; margin: 0.4rem 0; line-height: 1.45; }
.quiet { color: var(--quiet); }
.command { display: block; width: fit-content; max-width: 100%; background: var(--raised); border-radius: 4px; padding: 0.1rem 0.4rem; margin: 0.15rem 0; }
.small { font-size: 0.86rem; font-weight: 400; }
.skip { position: absolute; left: -999rem; }
.skip:focus { position: static; display: inline-block; padding: 0.3rem 0; }

/* marks of the six results */
.mark { width: 1em; height: 1em; vertical-align: -0.12em; flex: none; }
.defs { position: absolute; width: 0; height: 0; }
.cut { fill: none; stroke: var(--paper); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.line { fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
.dashed { stroke-dasharray: 2.4 2.4; }
.badge { font-weight: 600; }
td .badge { white-space: nowrap; }
.r-passed { color: var(--passed); } .r-failed { color: var(--failed); } .r-needs-review { color: var(--needs-review); }
.r-unknown { color: var(--unknown); } .r-not-run { color: var(--not-run); } .r-not-applicable { color: var(--not-applicable); }

/* the first screen */
header { padding-top: 1.1rem; }
.run { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; margin: 0 0 0.7rem; color: var(--quiet); font-size: 0.9rem; max-width: none; }
.run strong { color: var(--ink); }
.alarm { border: 3px double var(--failed); background: var(--failed-ground); padding: 0.8rem 1rem; margin: 0 0 1rem; border-radius: 6px; }
.alarm p { max-width: none; margin: 0.2rem 0; }
.alarm strong { color: var(--failed); font-size: 1.1rem; }
.verdict { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0.3rem 0.9rem; align-items: start; padding: 0.9rem 1.2rem; border-left: 6px solid currentColor; border-radius: 4px; background: var(--raised); }
.verdict > .mark { width: 2rem; height: 2rem; margin-top: 0.05rem; }
.verdict h1, .verdict p { color: var(--ink); }
.verdict p { grid-column: 2; margin: 0; max-width: 95ch; font-size: 0.94rem; }
.verdict.r-failed { background: var(--failed-ground); } .verdict.r-needs-review { background: var(--review-ground); } .verdict.r-passed { background: var(--passed-ground); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: 0.8rem; margin: 1rem 0; padding: 0; }
.figure { border: 1px solid var(--rule); border-radius: 6px; padding: 0.5rem 0.8rem; line-height: 1.35; }
.figure dt { font-size: 0.86rem; min-height: 2.7em; color: var(--quiet); }
.figure dd { margin: 0; }
.figure .big { font-size: 1.35rem; font-weight: 650; line-height: 1.3; font-variant-numeric: tabular-nums; }
@media (min-width: 1000px) { .figures { grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); } }
.digests { margin: 0.3rem 0; display: grid; grid-template-columns: minmax(0, 1fr); }
.digests dd { margin: 0 0 0.2rem; }
.answers { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 2.5rem; }
.answers h2 { font-size: 1.05rem; margin: 0.8rem 0 0.2rem; padding-top: 0.5rem; }
.answers section { font-size: 0.94rem; }
.answers li { margin: 0.2rem 0; }
nav { margin-top: 1.6rem; }
nav ul { list-style: none; padding: 0.5rem 0; margin: 0; display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; border-block: 1px solid var(--rule); }
nav li { margin: 0; }

/* the picture of threat coverage */
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; padding: 0; margin: 0.6rem 0 1rem; list-style: none; }
.legend li { margin: 0; white-space: nowrap; }
.coverage { display: grid; grid-template-columns: minmax(9rem, 15rem) 1fr; gap: 0.35rem 1rem; align-items: start; margin: 0; }
.coverage dt { font-size: 0.9rem; line-height: 1.3; padding-top: 0.15rem; }
.coverage dd { margin: 0; display: flex; flex-wrap: wrap; gap: 1px; }
.cell { display: block; padding: 2px; border-radius: 4px; line-height: 0; }
.cell .mark { width: 18px; height: 18px; }
.cell:hover { background: var(--rule); }

/* the diagram of trust boundaries */
.diagram { display: block; max-width: none; height: auto; font-size: 12.5px; }
.diagram text { fill: var(--ink); font-family: inherit; }
.diagram .middle { text-anchor: middle; }
.diagram .party rect { fill: var(--raised); stroke: var(--quiet); stroke-width: 1.5; }
.diagram .stranger rect { stroke: var(--failed); stroke-dasharray: 2 3; stroke-linecap: round; }
.diagram .party text { font-weight: 600; }
.diagram .boundary { fill: var(--paper); stroke: var(--link); stroke-width: 1.5; stroke-dasharray: 7 4; }
.diagram a:focus-visible .boundary, .diagram a:hover .boundary { stroke-width: 3; }
.diagram .way { fill: none; stroke: var(--quiet); stroke-width: 1.3; }
.diagram .arrow { fill: var(--quiet); }
.diagram .r-passed { color: var(--passed); } .diagram text[class^="r-"] { fill: currentColor; font-variant-numeric: tabular-nums; }

/* plots of trends */
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 1rem 1.5rem; margin: 0.8rem 0; }
figure { margin: 0; }
figcaption { font-size: 0.9rem; font-weight: 600; margin-bottom: 0.2rem; }
figcaption .quiet { font-weight: 400; }
.plot { display: block; max-width: 100%; height: auto; color: var(--quiet); font-family: inherit; }

/* tables */
.scroll { overflow-x: auto; margin: 0.6rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
caption { text-align: left; color: var(--quiet); font-size: 0.86rem; padding-bottom: 0.3rem; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.9rem 0.4rem 0; border-bottom: 1px solid var(--rule); overflow-wrap: anywhere; }
thead th { font-weight: 600; color: var(--quiet); font-size: 0.82rem; border-bottom-width: 2px; overflow-wrap: normal; }
tbody th { font-weight: 600; min-width: 8rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th .nobreak, td .nobreak, dt .nobreak { white-space: nowrap; }
.name { min-width: 7.5rem; }
.wide { min-width: 16rem; }
:target > th, :target > td, article:target { background: var(--review-ground); }

/* details and filters */
details.more { border: 0; margin: 0.2rem 0; font-weight: 400; }
details.more > summary { padding: 0.1rem 0; color: var(--quiet); font-size: 0.86rem; gap: 0 0.4rem; }
.about td { padding: 0 0 0.4rem 1rem; }
.under > th, .under > td { border-bottom: 0; padding-bottom: 0; }
.severity { border: 1px solid var(--rule); border-radius: 4px; padding: 0 0.35rem; }
details { border: 1px solid var(--rule); border-radius: 6px; margin: 0.5rem 0; }
summary { cursor: pointer; padding: 0.5rem 0.8rem; display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; }
summary::before { content: "▸"; color: var(--quiet); }
details[open] > summary::before { content: "▾"; }
summary > strong { flex: 1 1 14rem; }
.inside { padding: 0 0.8rem 0.6rem; }
.tally { display: inline-flex; flex-wrap: wrap; gap: 0 0.8rem; font-size: 0.86rem; font-variant-numeric: tabular-nums; }
.filter { border: 0; padding: 0; margin: 0.8rem 0; display: flex; flex-wrap: wrap; gap: 0.4rem; }
.filter legend { float: left; padding: 0.2rem 0.6rem 0.2rem 0; color: var(--quiet); font-size: 0.9rem; }
.filter input { position: absolute; opacity: 0; }
.filter label { border: 1px solid var(--rule); border-radius: 999px; padding: 0.15rem 0.8rem; font-size: 0.9rem; cursor: pointer; }
.filter input:checked + label { border-color: currentColor; box-shadow: inset 0 0 0 1px currentColor; font-weight: 600; }

/* findings */
article { border: 1px solid var(--rule); border-left: 4px solid var(--failed); border-radius: 6px; padding: 0.7rem 1rem; margin: 0.8rem 0; }
article h3 { margin: 0 0 0.3rem; overflow-wrap: anywhere; }
article.other { border-left-color: var(--rule); }
.pairs { display: grid; grid-template-columns: fit-content(16rem) minmax(0, 1fr); gap: 0.25rem 1rem; margin: 0.4rem 0; }
.pairs dt { color: var(--quiet); font-size: 0.9rem; }
.pairs dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
.pairs dd > ul { margin: 0; }
.pairs dd > ul > li { margin: 0 0 0.2rem; }
footer { margin: 3rem auto 2rem; color: var(--quiet); font-size: 0.86rem; }

/* A sheet of paper is as narrow as this, but its tables stay tables. */
@media screen and (max-width: 700px) {
  main, header, nav, footer { padding-inline: 0.9rem; }
  h1 { font-size: 1.3rem; }
  .answers, .coverage, .pairs { grid-template-columns: minmax(0, 1fr); }
  .coverage dt { margin-top: 0.5rem; }
  .pairs dd { margin-bottom: 0.3rem; }
  .stack thead { position: absolute; left: -999rem; }
  .stack, .stack tbody, .stack tr, .stack th, .stack td { display: block; width: 100%; min-width: 0; text-align: left; }
  .stack tr { border-bottom: 1px solid var(--rule); padding: 0.4rem 0; }
  .stack th, .stack td { border: 0; padding: 0.1rem 0; white-space: normal; }
  .stack td[data-label]::before { content: attr(data-label) ": "; color: var(--quiet); font-size: 0.82rem; }
  .stack td:empty { display: none; }
  th .nobreak, td .nobreak, dt .nobreak, td .badge, .number, .legend li { white-space: normal; }
}
@media print {
  html { font-size: 9pt; }
  main, header, nav, footer { max-width: none; padding: 0; }
  nav, .filter, .skip { display: none; }
  table { font-size: 7.6pt; }
  th, td { padding: 0.2rem 0.6rem 0.2rem 0; }
  .wide { min-width: 9rem; }
  tbody th, .name { min-width: 5rem; }
  details { border: 0; margin: 0.2rem 0; }
  summary { padding: 0.2rem 0; }
  summary::before, details[open] > summary::before { content: none; }
  .inside { padding: 0; }
  details:not(.bulk)::details-content { content-visibility: visible; display: block; height: auto; }
  details.bulk:not([open]) > summary::after { content: "folded on paper: see report.html or report.json"; color: var(--quiet); font-size: 0.82rem; font-weight: 400; }
  article, tr, .figure, .verdict, .alarm, figure { break-inside: avoid; }
  article { border-left-width: 4px; }
  h2, h3, summary, thead { break-after: avoid; }
  thead { display: table-header-group; }
  h2 { margin-top: 1.5rem; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  .scroll { overflow: visible; }
  .diagram { max-width: 100%; }
  .figures { grid-template-columns: repeat(auto-fit, minmax(6.5rem, 1fr)); gap: 0.5rem; }
  .under { break-after: avoid; }
  .more > summary { display: none; }
  .more.bulk > summary { display: flex; }
  a { text-decoration: none; }
}
`
