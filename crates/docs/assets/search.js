// The search in all sections: "/" focuses it, arrows select, Enter opens, Escape closes.
"use strict";
(() => {
  const most = 12;
  const input = document.getElementById("search");
  const list = document.getElementById("search-results");
  const status = document.getElementById("search-status");
  const sections = window.searchIndex.map((section) => ({
    ...section,
    low: { page: section.page.toLowerCase(), heading: section.heading.toLowerCase(), text: section.text.toLowerCase() },
  }));
  let current = -1;

  // A result has every word. A word counts most in the page's title, then in the heading, then in the text.
  const score = ({ low, url }, words) => {
    let sum = url.includes("#") ? 0 : 1;
    for (const word of words) {
      const at = low.page.includes(word) ? (low.page === word ? 160 : 100) : 0;
      const heading = low.heading.includes(word) ? (low.heading === word ? 60 : 30) : 0;
      const text = low.text.includes(word) ? 3 : 0;
      if (!at && !heading && !text) return 0;
      // The other sections of a page should not rank above pages whose title matches.
      sum += (url.includes("#") ? at / 10 : at) + heading + text;
    }
    return sum;
  };

  const excerpt = ({ text, low }, word) => {
    const at = Math.max(0, low.text.indexOf(word));
    const start = at < 40 ? 0 : text.indexOf(" ", at - 40) + 1;
    return (start ? "… " : "") + text.slice(start, start + 110) + (text.length > start + 110 ? " …" : "");
  };

  const item = (section, at, words) => {
    const link = document.createElement("a");
    link.href = section.url;
    link.tabIndex = -1;
    const title = document.createElement("strong");
    title.textContent = section.heading;
    const place = document.createElement("span");
    place.className = "page";
    place.textContent = section.heading === section.page ? "" : section.page;
    const text = document.createElement("span");
    text.className = "excerpt";
    text.textContent = excerpt(section, words[0]);
    link.append(title, " ", place, text);
    const option = document.createElement("li");
    option.id = `search-result-${at}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.append(link);
    return option;
  };

  const choose = (at) => {
    current = at;
    [...list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", `search-result-${at}`);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  };

  const show = (is) => {
    list.hidden = !is;
    input.setAttribute("aria-expanded", String(is));
    if (!is) status.classList.add("unseen");
  };

  // Screen readers always read it; it is visible if there are no results. Set as text, because it contains what was typed.
  const announce = (text, isSeen) => {
    status.textContent = text;
    status.classList.toggle("unseen", !isSeen);
  };

  const search = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = words.length === 0 ? [] : sections
      .map((section) => ({ section, score: score(section, words) }))
      .filter(({ score }) => score > 0)
      .sort((one, other) => other.score - one.score);
    list.replaceChildren(...found.slice(0, most).map(({ section }, at) => item(section, at, words)));
    show(found.length > 0);
    if (words.length === 0) announce("", false);
    else if (found.length > 0) announce(`${found.length} found`, false);
    else announce(`Nothing found for “${input.value.trim()}”. Every word must be on a page: try fewer words.`, true);
    choose(found.length > 0 ? 0 : -1);
  };

  input.addEventListener("input", search);
  input.addEventListener("focus", () => { if (input.value) search(); });
  input.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "ArrowDown" && count) choose((current + 1) % count);
    else if (event.key === "ArrowUp" && count) choose((current + count - 1) % count);
    else if (event.key === "Enter" && count && current >= 0) list.children[current].firstChild.click();
    else if (event.key === "Escape") { input.value = ""; search(); input.blur(); }
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", () => { show(false); input.blur(); });
  document.addEventListener("click", (event) => { if (!event.target.closest("[data-search]")) show(false); });
  document.addEventListener("focusin", (event) => { if (!event.target.closest("[data-search]")) show(false); });
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
      input.select();
    }
  });
})();
