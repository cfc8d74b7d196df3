// Adds a button that copies the page as Markdown, beside the link to it.
"use strict";
(() => {
  const link = document.querySelector(".page-tools a");
  // A page from a disk may not fetch a file; the link works there as well.
  if (!link || !location.protocol.startsWith("http")) return;

  const markdown = async () => {
    const response = await fetch(link.href);
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    return response.text();
  };

  const copy = async () => {
    try {
      if (navigator.clipboard?.write && window.ClipboardItem) {
        // Some browsers allow it only if the item is made before anything is awaited.
        const text = markdown().then((text) => new Blob([text], { type: "text/plain" }));
        await navigator.clipboard.write([new ClipboardItem({ "text/plain": text })]);
        return true;
      }
      return copySelected(await markdown());
    } catch {
      try { return copySelected(await markdown()); } catch { return false; }
    }
  };

  // Pages that came by plain http have no clipboard; a selection can be copied all the same.
  const copySelected = (text) => {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "unseen";
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  };

  const button = document.createElement("button");
  button.type = "button";
  button.id = "copy-page";
  button.textContent = "Copy page";
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    button.textContent = (await copy()) ? "Copied" : "Not copied";
    // The text that was copied from was removed, and the focus with it.
    button.focus();
    setTimeout(() => { button.textContent = "Copy page"; }, 2000);
  });
  link.after(" ", button);
})();
