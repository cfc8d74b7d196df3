// The list of pages, which collapses on narrow screens.
"use strict";
(() => {
  const toggle = document.getElementById("navigation-toggle");
  const navigation = document.getElementById("navigation");
  const open = (is) => {
    toggle.setAttribute("aria-expanded", String(is));
    document.body.classList.toggle("navigation-open", is);
  };
  document.documentElement.classList.add("scripted");
  toggle.addEventListener("click", () => open(toggle.getAttribute("aria-expanded") !== "true"));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("navigation-open")) {
      open(false);
      toggle.focus();
    }
  });
  navigation.addEventListener("click", (event) => { if (event.target.closest("a")) open(false); });
})();
