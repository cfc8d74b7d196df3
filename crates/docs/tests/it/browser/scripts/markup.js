// What in the page's markup keeps people out who read it by ear or by keyboard.
const faults = [];
const all = (selector) => [...document.querySelectorAll(selector)];
const shown = (element) => element.outerHTML.slice(0, 100);
if (!document.documentElement.lang) faults.push("html has no lang");
if (!document.title.trim()) faults.push("the page has no title");
const ids = all("[id]").map((element) => element.id);
for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) faults.push(`the id ${id} stands more than once`);
for (const name of ["for", "aria-controls", "aria-labelledby", "aria-describedby", "aria-activedescendant"]) {
  for (const element of all(`[${name}]`)) {
    for (const id of element.getAttribute(name).split(/\s+/).filter(Boolean)) {
      if (!ids.includes(id)) faults.push(`${name} names ${id}, which is not there: ${shown(element)}`);
    }
  }
}
for (const image of all("img:not([alt])")) faults.push(`an image has no alt: ${shown(image)}`);
for (const element of all("[tabindex]").filter((element) => element.tabIndex > 0)) {
  faults.push(`tabindex above 0 changes the order of the keyboard: ${shown(element)}`);
}
for (const link of all("a[href]").filter((link) => link.origin === location.origin && link.pathname === location.pathname)) {
  const id = decodeURIComponent(link.hash.slice(1));
  // Scalar makes its own anchors.
  if (id && !id.startsWith("tag/") && !ids.includes(id)) faults.push(`a link leads to #${id}, which is not there`);
}
return faults;
