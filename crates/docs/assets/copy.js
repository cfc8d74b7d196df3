// Adds a button to each code block that copies it.
"use strict";
(() => {
  const copy = async (code) => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      return true;
    } catch {
      // Pages that came by plain http have no clipboard; the selection can be copied all the same.
      const selection = getSelection();
      selection.selectAllChildren(code);
      const copied = document.execCommand("copy");
      selection.removeAllRanges();
      return copied;
    }
  };

  for (const figure of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      button.textContent = (await copy(figure.querySelector("code"))) ? "Copied" : "Not copied";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    figure.querySelector("figcaption").append(button);
  }
})();
