/** How the migration report looks: on a screen, light and dark, and on paper. The colours are those of the window. */

/**
 * Every pair of text and ground has a contrast of 4.5 or more. On paper nothing is a grid, a flex box or placed by itself:
 * where one of them meets the end of a page, Chromium 114 may never be done.
 */
export const reportStyle = `
:root{color-scheme:light dark;--ground:#f5f6f8;--card:#fff;--line:#dde1e7;--text:#1b2027;--quiet:#566070;--accent:#2457c5;
--on-accent:#fff;--good:#19703f;--good-soft:#e3f4ea;--bad:#a9242c;--bad-soft:#fcebec;--wait:#7a5200;--wait-soft:#fbf1dc;
--code:#f1f3f6;--bar:#dfe4ec;--share-wait:#d99a1c;--share-plain:#9aa5b4;font:15px/1.5 system-ui,'Segoe UI',Cantarell,'DejaVu Sans',sans-serif}
@media (prefers-color-scheme:dark){:root{--ground:#14171c;--card:#1c2027;--line:#313842;--text:#e8ebf0;--quiet:#a2acba;
--accent:#7da7ff;--on-accent:#0d1730;--good:#6fd49a;--good-soft:#17301f;--bad:#ff9a9e;--bad-soft:#3a1f22;--wait:#f0c26a;
--wait-soft:#352a14;--code:#14171c;--bar:#323a46}}
*,*::before,*::after{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text)}
.page{max-width:68rem;margin:0 auto;padding:2rem 1.5rem 3rem}
h1,h2,h3,p,dl,dd,ul,ol,figure,pre,table{margin:0;padding:0}
h1{font-size:1.7rem;line-height:1.25;font-weight:650;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:1.12rem;font-weight:650;margin-bottom:.25rem}
.brand{display:flex;align-items:center;gap:.6rem;color:var(--quiet);font-size:.9rem;margin-bottom:1.1rem}
.brand svg{width:30px;height:30px}
.brand .ground{fill:var(--accent)}
.brand .lines{fill:none;stroke:var(--on-accent);stroke-width:5;stroke-linecap:round}
.brand .hub{fill:var(--on-accent)}
.when{margin-left:auto;text-align:right}
.under{color:var(--quiet);margin-top:.2rem;overflow-wrap:anywhere}
.note{color:var(--quiet);font-size:.9rem;margin-bottom:.8rem;max-width:54rem}
.verdict{display:flex;gap:1rem;align-items:flex-start;margin-top:1.2rem;padding:1.1rem 1.3rem;border-radius:12px;border:1px solid}
.verdict.proved{background:var(--good-soft);border-color:var(--good)}
.verdict.unseen{background:var(--wait-soft);border-color:var(--wait)}
.verdict.unproved{background:var(--bad-soft);border-color:var(--bad)}
.verdict svg{flex:none;width:42px;height:42px;fill:none;stroke:currentColor;stroke-width:3.2;stroke-linecap:round;stroke-linejoin:round}
.proved svg,.proved strong{color:var(--good)}
.unseen svg,.unseen strong{color:var(--wait)}
.unproved svg,.unproved strong{color:var(--bad)}
.verdict strong{font-size:1.2rem;line-height:1.3;display:block}
.verdict ul{padding-left:1.1rem;margin-top:.3rem}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.8rem;margin:1rem 0 0}
.figures div{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.75rem 1rem}
.figures dt{color:var(--quiet);font-size:.82rem}
.figures dd{font-size:1.3rem;font-weight:600;line-height:1.3;font-variant-numeric:tabular-nums}
.figures small{display:block;color:var(--quiet);font-size:.8rem;font-weight:400}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.2rem 1.4rem;margin-top:1rem}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(19rem,1fr));gap:1rem;margin-top:1rem}
.two section{margin-top:0}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.3rem 1.1rem;margin-top:.6rem}
.facts dt,.facts small,.facts code{color:var(--quiet)}
.facts dd{overflow-wrap:anywhere}
.wide{overflow-x:auto}
.wide:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{width:100%;border-collapse:collapse;font-size:.92rem}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.wide{position:relative}
th,td{text-align:left;vertical-align:top;padding:.5rem .9rem .5rem 0;border-top:1px solid var(--line)}
thead th{border-top:0;color:var(--quiet);font-weight:600;font-size:.82rem;white-space:nowrap;vertical-align:bottom}
tbody th{font-weight:600;overflow-wrap:anywhere}
tr>:last-child{padding-right:0}
.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.time{white-space:nowrap;font-variant-numeric:tabular-nums}
.label{white-space:nowrap}
.name{overflow-wrap:anywhere;min-width:8rem}
.main{overflow-wrap:break-word;width:45%;min-width:15rem}
.tight{overflow-wrap:anywhere;min-width:6.2rem}
.tight .tag{white-space:normal;border-radius:10px}
td small,th small{display:block;color:var(--quiet);font-weight:400;font-size:.84rem}
code,pre,.hash{font-family:ui-monospace,'Cascadia Code',Menlo,'DejaVu Sans Mono',monospace;font-size:.84em}
.hash{overflow-wrap:anywhere;line-height:1.45}
td .hash{color:var(--quiet)}
pre{background:var(--code);border:1px solid var(--line);border-radius:8px;padding:.75rem .9rem;white-space:pre-wrap;overflow-wrap:anywhere;margin-top:.6rem;line-height:1.55}
.tag{display:inline-block;padding:.05rem .6rem;border-radius:99px;font-size:.82rem;font-weight:600;white-space:nowrap}
.good{background:var(--good-soft);color:var(--good)}
.bad{background:var(--bad-soft);color:var(--bad)}
.wait{background:var(--wait-soft);color:var(--wait)}
.plain{background:var(--code);color:var(--quiet)}
.bar{display:block;width:100%;min-width:7rem;height:10px;border-radius:5px;margin:.45rem 0 .2rem}
.bar .all{fill:var(--bar)}
.bar .full{fill:var(--accent)}
.places{padding-left:1.1rem}
.share{display:block;width:100%;height:22px;border-radius:6px;margin-top:1rem}
.legend{margin:.5rem 0 0}
.good-part{fill:var(--good)}
.wait-part{fill:var(--share-wait)}
.bad-part{fill:var(--bad)}
.plain-part{fill:var(--share-plain)}
a{color:var(--accent)}
.chapter{margin-top:3rem;padding-top:1.4rem;border-top:3px solid var(--line)}
.chapter>h2{font-size:1.4rem;overflow-wrap:anywhere}
footer{color:var(--quiet);font-size:.85rem;margin-top:1.4rem}
@media print{
:root{color-scheme:light;--ground:#fff;--card:#fff;--line:#c9ced6;--text:#000;--quiet:#444;--accent:#2457c5;--on-accent:#fff;
--good:#19703f;--good-soft:#fff;--bad:#a9242c;--bad-soft:#fff;--wait:#7a5200;--wait-soft:#fff;--code:#fff;--bar:#dfe4ec;font-size:10.5pt}
@page{margin:15mm}
.two,.figures,.facts,.verdict{display:block}
.two section{display:inline-block;width:48.5%;vertical-align:top}
.two section:first-child{margin-right:2%}
.figures div{display:inline-block;width:15.2%;margin-right:.6%;padding:.5rem .6rem;vertical-align:top}
.figures dd{font-size:1.1rem}
.facts dt{float:left;clear:left;width:5.5rem}
.facts dd{margin-left:5.7rem}
.verdict svg{float:left;margin-right:.9rem}
.verdict{break-inside:avoid}
section{padding:1rem 1.1rem}
th,td{padding-right:.6rem}
table{font-size:.86rem}
.page{max-width:none;padding:0}
section,.figures div{break-inside:avoid;border-radius:6px}
section.long{break-inside:auto;border:0;border-top:1px solid var(--line);border-radius:0;padding:.8rem 0 0}
h1,h2,h3,.note{break-after:avoid}
thead{break-after:avoid;break-inside:avoid}
pre,.note{break-inside:avoid}
tr{break-inside:avoid}
thead{display:table-header-group}
.tag{border:1px solid;padding:0 .35rem;font-size:.74rem}
.bar,.brand svg,.bar *,.share,.share *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.wide{overflow:visible;position:static}
.main{min-width:12rem}
caption{display:none}
.chapter{break-before:page;margin-top:0;border-top:0;padding-top:0}
a{color:inherit;text-decoration:none}
}`;
