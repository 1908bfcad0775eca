// Saves steps, is never needed: every key has a visible twin on the page.
(() => {
  "use strict";
  const places = { a: "/alerts", d: "/dashboard", i: "/identity", r: "/rules" };
  const rows = () => [...document.querySelectorAll("tr[data-alert]")];
  let at = -1;
  let going = false;

  const writing = (target) => /^(input|textarea|select)$/i.test(target.tagName) || target.isContentEditable;
  const move = (by) => {
    const all = rows();
    if (!all.length) return;
    at = Math.min(Math.max(at + by, 0), all.length - 1);
    all[at].querySelector("a.why, a").focus();
  };
  const row = () => rows()[at];
  const withLanguage = (path) => {
    const lang = new URLSearchParams(location.search).get("lang");
    return lang ? `${path}?lang=${encodeURIComponent(lang)}` : path;
  };
  const focus = (selector) => {
    const found = document.querySelector(selector);
    if (found) { found.focus(); found.scrollIntoView({ block: "center" }); }
    return Boolean(found);
  };
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    o: () => row()?.querySelector("a").click(),
    x: () => row()?.querySelector("input[type=checkbox]")?.click(),
    n: () => document.querySelector("form[data-action=take] button")?.click(),
    d: () => focus("form[data-action=decide] input[type=radio]"),
    c: () => focus("form[data-action=comment] textarea"),
    p: () => focus("figure svg a"),
    "/": () => focus("#find"),
    "?": () => { location.href = withLanguage("/keys"); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem("keys") === "off") return;
    if (event.key === "Escape") { document.activeElement?.blur(); return; }
    if (writing(event.target)) return;
    if (going) {
      going = false;
      if (places[event.key]) { event.preventDefault(); location.href = withLanguage(places[event.key]); }
      return;
    }
    if (event.key === "g") { going = true; return; }
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  document.addEventListener("focusin", (event) => {
    const found = rows().indexOf(event.target.closest?.("tr[data-alert]"));
    if (found >= 0) at = found;
  });
})();
