/// The style sheet of a report: light and dark, narrow and wide, on paper.
enum HTMLStyle {
    static let text = """
        :root{color-scheme:light dark;--bg:#fff;--soft:#f5f6f8;--line:#d8dce2;--text:#1b1f24;\
        --dim:#57606a;--pass:#14713a;--passfill:#7fc79a;--fail:#b91c28;--failfill:#d1242f;\
        --grey:#57606a;--warn:#8a5300;--fault:#f2b53c;--faulttext:#3a2600;--armed:#fdf1d3;\
        --p50:#0b62c4;--p95:#8a3ffc;--ttfb:#57606a;--passbg:#e7f6ec;--failbg:#fdebec;\
        --greybg:#eff1f4;--warnbg:#fff4d9}
        @media (prefers-color-scheme:dark){:root{--bg:#0e1116;--soft:#171b22;--line:#343b45;\
        --text:#e8ecf1;--dim:#a3adb9;--pass:#56d385;--passfill:#2f7d4c;--fail:#ff8087;\
        --failfill:#ff5c66;--grey:#a3adb9;--warn:#f0b849;--fault:#b07a14;--faulttext:#fff6df;\
        --armed:#2b2412;--p50:#6cb3ff;--p95:#c39bff;--ttfb:#a3adb9;--passbg:#11291b;\
        --failbg:#34161a;--greybg:#1e232b;--warnbg:#33280d}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--bg);color:var(--text);font:16px/1.5 system-ui,-apple-system,\
        "Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;overflow-wrap:anywhere}
        main{max-width:1440px;margin:0 auto;padding:24px clamp(14px,3vw,48px) 64px}
        h1{font-size:clamp(1.4rem,2.6vw,2.1rem);line-height:1.2;margin:0 0 4px}
        h2{font-size:1.25rem;margin:44px 0 10px;padding-top:14px;border-top:1px solid var(--line)}
        h3{font-size:1rem;margin:0}
        p{margin:8px 0;max-width:78ch}
        a{color:var(--p50)}
        code,pre{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;\
        font-size:.88em}
        pre{background:var(--soft);border:1px solid var(--line);border-radius:6px;padding:12px;\
        overflow-x:auto;white-space:pre-wrap;margin:8px 0}
        .dim{color:var(--dim);font-weight:400}
        .small{font-size:.86rem}
        .verdict{display:flex;gap:clamp(14px,2vw,28px);align-items:center;margin:20px 0;\
        padding:clamp(14px,2vw,26px);border-radius:12px;border:2px solid;\
        -webkit-print-color-adjust:exact;print-color-adjust:exact}
        .verdict svg{width:clamp(52px,7vw,92px);height:auto;flex:none}
        .verdict strong{display:block;font-size:clamp(2rem,5.5vw,4rem);line-height:1.05;\
        letter-spacing:.01em}
        .verdict span{font-size:clamp(1rem,1.6vw,1.3rem);color:var(--text)}
        .good{color:var(--pass);background:var(--passbg);border-color:var(--pass)}
        .bad{color:var(--fail);background:var(--failbg);border-color:var(--fail)}
        .odd{color:var(--warn);background:var(--warnbg);border-color:var(--warn)}
        .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,190px),1fr));\
        gap:12px;margin:16px 0;padding:0;list-style:none}
        .figures li{background:var(--soft);border:1px solid var(--line);border-radius:10px;\
        padding:12px 14px}
        .figures b{display:block;font-size:1.55rem;line-height:1.25;font-variant-numeric:tabular-nums}
        .figures span{display:block;color:var(--dim);font-size:.86rem}
        .failed{margin:14px 0 18px;padding:0;list-style:none}
        .failed li{padding:3px 0 3px 26px;position:relative}
        .failed li:not(.dim)::before{content:"✕";position:absolute;left:4px;color:var(--fail);\
        font-weight:700}
        .x-failed,.x-noSamples{background:var(--failbg);\
        -webkit-print-color-adjust:exact;print-color-adjust:exact}
        .tags{display:flex;flex-wrap:wrap;gap:6px;margin:6px 0;padding:0;list-style:none}
        .tags li{border:1px solid var(--line);border-radius:99px;padding:1px 10px;font-size:.86rem;\
        color:var(--dim)}
        .tags .loud{border-color:var(--warn);color:var(--warn);font-weight:600}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;\
        font-size:.94rem;margin:8px 0}
        caption{text-align:left;color:var(--dim);padding:0 0 6px;font-size:.9rem}
        th,td{text-align:left;vertical-align:top;padding:7px 10px;border-bottom:1px solid var(--line)}
        thead th{font-size:.82rem;color:var(--dim);font-weight:600;border-bottom-width:2px}
        tbody th{font-weight:600}
        .n{text-align:right}
        td.n,th.n{white-space:nowrap}
        tr.late{break-before:avoid}
        .mark{display:inline-block;white-space:nowrap;border-radius:99px;padding:0 10px;\
        font-weight:600;font-size:.88rem;border:1px solid;\
        -webkit-print-color-adjust:exact;print-color-adjust:exact}
        .m-pass{color:var(--pass);background:var(--passbg)}
        .m-fail{color:var(--fail);background:var(--failbg)}
        .m-none{color:var(--grey);background:var(--greybg)}
        .lane{display:grid;grid-template-columns:minmax(110px,190px) minmax(0,1fr);column-gap:14px;\
        align-items:center;margin:3px 0;break-inside:avoid}
        .lane>.name{text-align:right;font-size:.9rem;line-height:1.25}
        .lane>.name small{display:block;color:var(--dim);font-size:.8rem}
        .lane svg{display:block;width:100%;height:30px;background:var(--soft);border-radius:3px}
        .band{position:relative;height:26px}
        .band>i{position:absolute;top:0;bottom:0;font-style:normal;font-size:.82rem;line-height:24px;\
        padding:0 6px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis;border-radius:3px;\
        -webkit-print-color-adjust:exact;print-color-adjust:exact}
        .ph{background:var(--greybg);border:1px solid var(--line)}
        .ph.cut{border-right:3px solid var(--fail)}
        .fa{background:repeating-linear-gradient(135deg,var(--fault) 0 8px,\
        color-mix(in srgb,var(--fault) 82%,var(--bg)) 8px 16px);color:var(--faulttext);font-weight:600}
        .axis{position:relative;height:20px;font-size:.78rem;color:var(--dim)}
        .axis>i{position:absolute;font-style:normal;transform:translateX(-50%);white-space:nowrap}
        .axis>i:first-child{transform:none}
        .axis>i.end{transform:translateX(-100%)}
        .sp{fill:var(--passfill)}.sf{fill:var(--failfill)}.sa{fill:var(--armed)}
        .sb{stroke:var(--dim);stroke-width:1;stroke-dasharray:2 3;fill:none;opacity:.7}
        .sp,.sf,.sa,.ln{-webkit-print-color-adjust:exact;print-color-adjust:exact}
        .key{display:flex;flex-wrap:wrap;gap:4px 18px;margin:10px 0;font-size:.86rem;\
        color:var(--dim);padding:0;list-style:none}
        .key svg{width:26px;height:14px;vertical-align:-2px;margin-right:5px;overflow:visible}
        .charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,520px),1fr));\
        gap:22px 32px}
        .chart{break-inside:avoid}
        .plot{display:grid;grid-template-columns:58px minmax(0,1fr);column-gap:6px}
        .plot svg{width:100%;height:150px;background:var(--soft);border-radius:3px;display:block}
        .ys{position:relative;height:150px;font-size:.76rem;color:var(--dim)}
        .ys>i{position:absolute;right:0;font-style:normal;transform:translateY(50%);white-space:nowrap}
        .ln{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
        .l50{stroke:var(--p50)}.l95{stroke:var(--p95);stroke-width:2.2}
        .lt{stroke:var(--ttfb);stroke-dasharray:4 4;stroke-width:1.6}
        .gr{stroke:var(--line);stroke-width:1;fill:none}
        details{margin:10px 0;border:1px solid var(--line);border-radius:8px;padding:8px 14px}
        summary{cursor:pointer;font-weight:600}
        dl{display:grid;grid-template-columns:minmax(90px,max-content) minmax(0,1fr);gap:4px 18px;\
        margin:8px 0}
        dt{color:var(--dim)}dd{margin:0}
        footer{margin-top:48px;border-top:1px solid var(--line);padding-top:12px;color:var(--dim);\
        font-size:.86rem}
        :focus-visible{outline:3px solid var(--p50);outline-offset:2px}
        @media (max-width:720px){
        .lane{grid-template-columns:minmax(0,1fr);margin:9px 0}
        .lane>.name{text-align:left}.lane>.name small{display:inline;margin-left:6px}
        .lane.ax{margin-top:0}.lane.ax>.name{display:none}
        .axis>i:nth-child(even):not(.end){display:none}
        table,caption,tbody,tr,th,td{display:block;width:100%}
        thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        tr{border:1px solid var(--line);border-radius:8px;margin:0 0 10px;padding:6px 10px}
        td,tbody th,td.n,th.n{border:0;padding:3px 0 3px 130px;text-align:left;white-space:normal;\
        position:relative;min-height:1.6em}
        td::before,tbody th::before{content:attr(data-label);color:var(--dim);font-weight:400;\
        font-size:.84rem;position:absolute;left:0;width:128px;overflow-wrap:normal}
        td:empty{display:none}
        dl{grid-template-columns:minmax(0,1fr);gap:0}dd{margin:0 0 8px}
        }
        @media print{
        :root{color-scheme:light;--bg:#fff;--soft:#fff;--line:#bbb;--text:#000;--dim:#444;\
        --pass:#14713a;--passfill:#7fc79a;--fail:#b91c28;--failfill:#d1242f;--grey:#444;\
        --warn:#8a5300;--fault:#f2b53c;--faulttext:#3a2600;--armed:#fdf1d3;--p50:#0b62c4;\
        --p95:#8a3ffc;--ttfb:#444;--passbg:#e7f6ec;--failbg:#fdebec;--greybg:#eff1f4;\
        --warnbg:#fff4d9}
        body{font-size:11px}main{max-width:none;padding:0}
        h2{break-after:avoid;margin-top:22px}tr,.verdict,.figures{break-inside:avoid}
        .charts{grid-template-columns:1fr 1fr}.plot svg,.ys{height:110px}
        details{border:0;padding:0}details::details-content{content-visibility:visible;display:block}
        summary{list-style:none}a{color:inherit}
        @page{margin:14mm}
        }
        """
}
