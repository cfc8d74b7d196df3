// The versions that are published: a list of links to this page in each, and a note on pages of old versions.
// ../versions.js lists them, the latest first. It is newer than this page, which is not changed when others are published.
"use strict";
(() => {
  const versions = window.publishedVersions;
  const place = document.getElementById("versions");
  if (!Array.isArray(versions) || versions.length === 0 || !place) return;
  const [folder, page] = location.pathname.split("/").slice(-2);
  const file = page || "index.html";
  const own = document.body.dataset.version;
  const [latest] = versions;

  /** The address of this page in a version, or of its first page if it doesn't have this one. */
  const address = (folder, { pages }) => `../${folder}/${pages.includes(file) ? file + location.hash : "index.html"}`;
  const link = (href, text) => {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = text;
    return link;
  };

  const details = document.createElement("details");
  details.id = "versions";
  const summary = document.createElement("summary");
  summary.textContent = own === latest.version ? `Version ${own} (latest)` : `Version ${own}`;
  const list = document.createElement("ul");
  for (const version of versions) {
    const isLatest = version === latest;
    const entry = link(address(isLatest ? "latest" : version.version, version), isLatest ? `${version.version} (latest)` : version.version);
    if (version.version === own) entry.setAttribute("aria-current", "true");
    const item = document.createElement("li");
    item.append(entry);
    list.append(item);
  }
  details.append(summary, list);
  place.replaceWith(details);

  if (folder !== "latest" && own !== latest.version) {
    const note = document.createElement("p");
    note.id = "old-version";
    note.setAttribute("role", "note");
    const isThere = latest.pages.includes(file);
    note.append(`This page is of version ${own}. `, link(address("latest", latest), isThere ? `The same page in version ${latest.version}, the latest` : `The latest version is ${latest.version}, which doesn't have this page`));
    document.getElementById("content").prepend(note);
  }
})();
