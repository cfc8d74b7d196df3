// Light or dark: the setting of the system, until the reader chooses. The choice is stored in this browser.
"use strict";
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  // A browser may not store anything, for example for pages from a disk.
  const kept = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem("theme", theme); } catch { /* then it is for this page only */ } };
  let chosen = kept();

  const show = () => {
    const theme = chosen || (system.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    document.getElementById("theme-toggle")?.setAttribute("aria-pressed", String(theme === "dark"));
    document.dispatchEvent(new CustomEvent("theme", { detail: theme }));
  };

  show();
  system.addEventListener("change", show);
  document.addEventListener("DOMContentLoaded", () => {
    show();
    document.getElementById("theme-toggle").addEventListener("click", () => {
      chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
      keep(chosen);
      show();
    });
  });
})();
