// Samples in tabs. The selected language applies to all samples, also on other pages.
"use strict";
(() => {
  const kept = () => { try { return localStorage.getItem("language"); } catch { return null; } };
  const keep = (language) => { try { localStorage.setItem("language", language); } catch { /* for this page only */ } };
  const tabs = (group) => [...group.querySelectorAll("[role=tab]")];

  const show = (language) => {
    for (const group of document.querySelectorAll("[data-tabs]")) {
      if (!tabs(group).some((tab) => tab.dataset.language === language)) continue;
      for (const tab of tabs(group)) {
        const is = tab.dataset.language === language;
        tab.setAttribute("aria-selected", String(is));
        tab.tabIndex = is ? 0 : -1;
        document.getElementById(tab.getAttribute("aria-controls")).hidden = !is;
      }
    }
  };

  for (const group of document.querySelectorAll("[data-tabs]")) {
    const all = tabs(group);
    group.classList.add("live");
    const choose = (tab) => { keep(tab.dataset.language); show(tab.dataset.language); };
    group.addEventListener("click", (event) => {
      const tab = event.target.closest("[role=tab]");
      if (tab) choose(tab);
    });
    group.addEventListener("keydown", (event) => {
      const at = all.indexOf(event.target.closest("[role=tab]"));
      if (at < 0) return;
      const next = {
        ArrowRight: (at + 1) % all.length, ArrowLeft: (at + all.length - 1) % all.length, Home: 0, End: all.length - 1,
      }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      all[next].focus();
      choose(all[next]);
    });
    show(all[0].dataset.language);
  }
  show(kept());
})();
