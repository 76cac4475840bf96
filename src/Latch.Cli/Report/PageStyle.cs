namespace Latch.Cli.Report;

/// <summary>The page's style: dark and light by the reader's setting, series colours after Okabe and Ito.</summary>
internal static class PageStyle
{
    public const string Css =
        """
        :root{--bg:#fbfbf9;--panel:#fff;--ink:#1c2227;--soft:#5a656e;--rule:#dfe3e6;--track:#eef0f1;--shade:#e69f0033;
        --c1:#0072b2;--c2:#d55e00;--c3:#009e73;--c4:#aa4499;--c5:#8a6d00;--c6:#5a656e}
        @media(prefers-color-scheme:dark){:root{--bg:#12161a;--panel:#1a2026;--ink:#e8eaec;--soft:#a3adb5;--rule:#2f3840;--track:#242c33;--shade:#e69f0040;
        --c1:#56b4e9;--c2:#f5a04c;--c3:#2fc79a;--c4:#dd88c2;--c5:#e5d352;--c6:#a3adb5}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        main{max-width:1120px;margin:0 auto;padding:24px 16px 64px}
        h1{font-size:1.7rem;line-height:1.2;margin:0 0 4px}h2{font-size:1.2rem;margin:40px 0 6px;padding-top:14px;border-top:1px solid var(--rule)}
        header p,p{color:var(--soft);margin:0 0 12px;max-width:78ch}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:20px 0}
        .card{background:var(--panel);border:1px solid var(--rule);border-radius:10px;padding:12px 14px}
        .card b{display:block;font-size:1.45rem;line-height:1.2;font-variant-numeric:tabular-nums}.card span{color:var(--soft);font-size:.85rem}
        figure{margin:14px 0;background:var(--panel);border:1px solid var(--rule);border-radius:10px;padding:12px}
        figcaption{font-weight:600}
        .legend{margin:2px 0 6px;font-size:.85rem}
        .unit{color:var(--soft)}.key{display:inline-block;margin-right:16px}.key::before{content:"";display:inline-block;width:18px;border-top:3px solid;margin-right:6px;vertical-align:middle}
        .k1::before{border-color:var(--c1)}.k2::before{border-color:var(--c2)}.k3::before{border-color:var(--c3)}
        .k4::before{border-color:var(--c4)}.k5::before{border-color:var(--c5)}.k6::before{border-color:var(--c6)}
        .kt::before{border-top-style:dashed;border-color:var(--ink)}
        svg{display:block;width:100%;height:auto}svg text{font-size:12px;fill:var(--soft)}svg .label{font-size:12px;fill:var(--ink)}
        .end{text-anchor:end}.mid{text-anchor:middle}
        .grid{stroke:var(--rule);stroke-width:1}.line{fill:none;stroke-width:1.4;stroke-linejoin:round}
        .l1{stroke:var(--c1)}.l2{stroke:var(--c2)}.l3{stroke:var(--c3)}.l4{stroke:var(--c4)}.l5{stroke:var(--c5)}.l6{stroke:var(--c6)}
        .f1{fill:var(--c1)}.f2{fill:var(--c2)}.f3{fill:var(--c3)}.f4{fill:var(--c4)}.f5{fill:var(--c5)}.f6{fill:var(--c6)}
        .shade{fill:var(--shade)}.track{fill:var(--track)}.threshold{stroke:var(--ink);stroke-width:1.3;stroke-dasharray:6 4}
        .narrow{display:none}@media(max-width:640px){.wide{display:none}.narrow{display:block}}
        .maps{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:14px;margin:14px 0}.maps figure{margin:0;min-width:0}
        .mapbody{display:flex;align-items:stretch;gap:6px;margin-top:8px}.mapbody img{flex:1;min-width:0;height:170px;image-rendering:pixelated;border-radius:4px}
        .ylabel{writing-mode:vertical-rl;transform:rotate(180deg);text-align:center;font-size:12px;color:var(--soft)}
        .ticks{display:flex;justify-content:space-between;padding-left:24px;font-size:12px;color:var(--soft)}
        .scale{display:flex;align-items:center;gap:6px;padding-left:24px;font-size:12px;color:var(--soft);margin-top:4px}
        .scale i{width:90px;height:10px;border-radius:3px}.xlabel{margin-left:auto;color:var(--ink)}
        .scroll{overflow-x:auto;margin:14px 0;border:1px solid var(--rule);border-radius:10px;background:var(--panel)}
        table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
        caption{text-align:left;font-weight:600;padding:12px 12px 6px}
        th,td{padding:5px 12px;text-align:right;white-space:nowrap;border-top:1px solid var(--rule)}
        thead th{color:var(--soft);font-weight:500;border-top:0}tbody th{font-weight:400}th:first-child{text-align:left}
        """;
}
