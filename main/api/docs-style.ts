/** How the pages about the interface look, light and dark. */

export const docsStyle = `
:root{color-scheme:light dark;--ground:#f5f6f8;--card:#fff;--line:#dde1e7;--text:#1b2027;--quiet:#566070;--accent:#2457c5;
--code:#f1f3f6;font:15px/1.5 system-ui,'Segoe UI',Cantarell,'DejaVu Sans',sans-serif}
@media (prefers-color-scheme:dark){:root{--ground:#14171c;--card:#1c2027;--line:#313842;--text:#e8ebf0;--quiet:#a2acba;
--accent:#7da7ff;--code:#14171c}}
*,*::before,*::after{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text)}
main{max-width:66rem;margin:0 auto;padding:2rem 1.5rem 4rem}
h1{font-size:1.7rem;margin:0}
h2{font-size:1.25rem;margin:2.4rem 0 .8rem}
h3{font-size:1rem;margin:0;overflow-wrap:anywhere}
p{margin:.4rem 0;max-width:54rem}
a{color:var(--accent)}
nav ul{columns:18rem;padding-left:1.1rem;margin:.4rem 0}
article{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1rem 1.2rem;margin-top:.8rem}
.method{color:var(--accent);display:inline-block;min-width:4.2rem}
.quiet,dt small,td small{color:var(--quiet)}
table{width:100%;border-collapse:collapse;margin-top:.6rem;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .9rem .35rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
thead th{border-top:0;color:var(--quiet);font-weight:600;font-size:.84rem}
code,pre{font-family:ui-monospace,'Cascadia Code',Menlo,'DejaVu Sans Mono',monospace;font-size:.86em}
pre{background:var(--code);border:1px solid var(--line);border-radius:8px;padding:.7rem .9rem;overflow-x:auto;margin:.6rem 0 0}
:target{outline:2px solid var(--accent);outline-offset:2px}`;
