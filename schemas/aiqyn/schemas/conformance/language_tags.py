"""Language tags as they end the name of a translated field: RFC 5646, section 2.1, in its full form.

Left out, as in OCDS: grandfathered tags; the singleton of private use is a small x.
"""

_LANGUAGE = r"(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})"
_SCRIPT = r"(?:-[A-Za-z]{4})?"
_REGION = r"(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
_VARIANTS = r"(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
_EXTENSIONS = r"(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*"
_PRIVATE = r"x(?:-[A-Za-z0-9]{1,8})+"

LANGUAGE_TAG = rf"(?:{_LANGUAGE}{_SCRIPT}{_REGION}{_VARIANTS}{_EXTENSIONS}(?:-{_PRIVATE})?|{_PRIVATE})"
"""A regular expression without anchors."""
