"""Texts that strangers might send: what must be shown as text, and nothing else."""

from __future__ import annotations

RAN = "window.ran=(window.ran||0)+1"
_HTML = (
    "<script>{ran}</script>",
    "<img src=x onerror={ran}>",
    "<svg onload={ran}>",
    "<body onload={ran}>",
    "<iframe srcdoc='<script>parent.{ran}</script>'>",
    "<details open ontoggle={ran}>",
    "<video><source onerror={ran}>",
    "<input autofocus onfocus={ran}>",
    "<marquee onstart={ran}>",
    "<math><mtext></mtext><style><img src=x onerror={ran}>",
    "</title><script>{ran}</script>",
    "</textarea><img src=x onerror={ran}>",
    "</script><script>{ran}</script>",
    "<!--><img src=x onerror={ran}>-->",
    "<template><img src=x onerror={ran}></template>",
    "<object data='data:text/html,x'>",
    "<embed src='data:image/svg+xml,<svg onload={ran}>'>",
    "<base href='//evil.example/'>",
    "<link rel=stylesheet href=//x.example>",
    "<meta http-equiv=refresh content='0;url=data:text/html,x'>",
    "<form action=//evil.example><button>go",
    "<table background='javascript:{ran}'>",
)
_ATTRIBUTES = (
    '" onmouseover="{ran}',
    "' onfocus='{ran}' autofocus='",
    '" autofocus onfocus={ran} x="',
    "`onerror={ran}",
    'x" style="background:url(javascript:{ran})',
    '"><img src=x onerror={ran}>',
    "'><svg/onload={ran}>",
    '" href="javascript:{ran}',
)
_URLS = (
    "javascript:{ran}",
    "JaVaScRiPt:{ran}",
    " javascript:{ran}",
    "java\tscript:{ran}",
    "java\nscript:{ran}",
    "javascript&colon;{ran}",
    "data:text/html,<script>{ran}</script>",
    "vbscript:msgbox(1)",
    "//evil.example/x",
    "https://evil.example@bank.example/",
    "blob:https://evil.example/1",
    "file:///etc/passwd",
)
_TEMPLATES = (
    "{{7*7}}",
    "{{{{7*'7'}}}}",
    "{% include '/etc/passwd' %}",
    "${{7*7}}",
    "#{7*7}",
    "{{ config }}",
    "{count}",
    "{0.__class__}",
    "%(name)s",
    "{{constructor.constructor('{ran}')()}}",
)
_SVG_AND_CSS = (
    "<svg><script>{ran}</script></svg>",
    "<svg><a xlink:href='javascript:{ran}'><text>x</text></a></svg>",
    "<svg><animate onbegin={ran} attributeName=x>",
    "<svg><foreignObject><img src=x onerror={ran}></foreignObject></svg>",
    "<style>*{display:none}</style>",
    "<style>@import'//evil.example/x.css';</style>",
    "expression({ran})",
    "]]><script>{ran}</script>",
)
_WRITING = (
    "ABC\u202ecod.exe",
    "\u2066hidden\u2069",
    "Ti\u200bmur",
    "Zero\u200dwidth",
    "\u200fRight",
    "\ufeffmark",
    "soft\u00adhyphen",
    "line\u2028break",
    "مرحبا 123 abc",
    "Ce\u0301sar" + "\u0335" * 40,
)
TEXTS = tuple(
    text.replace("{ran}", RAN) for text in (*_HTML, *_ATTRIBUTES, *_URLS, *_TEMPLATES, *_SVG_AND_CSS, *_WRITING)
)
CONTROLS = "\u202e\u2066\u2069\u200b\u200d\u200f\ufeff\u00ad\u2028"
"""What must never reach a page as it is: a mark stands there instead."""
