// The interactive reference: Scalar with the contract, and a form that signs its requests.
"use strict";
(() => {
  const live = document.body.dataset.place === "server";
  const field = (id) => document.getElementById(id);
  // The pages are in the server's folder docs/, which a proxy may have moved below another path.
  const server = new URL("..", location.href).href.replace(/\/$/, "");
  const kept = ["tenant-id", "api-key"];

  /** Signs a request before Scalar sends it. Each gets a new timestamp, because one is valid for minutes only. */
  const sign = ({ requestBuilder }) => {
    const [tenantId, apiKey] = [field("tenant-id").value.trim(), field("api-key").value];
    if (!tenantId || !apiKey) return;
    const timestamp = String(Date.now());
    const token = window.signing.token(tenantId, timestamp, apiKey);
    for (const [name, value] of Object.entries({ tenant_id: tenantId, timestamp, token })) {
      requestBuilder.headers.set(name, value);
    }
  };

  /** Stores the fields until the tab is closed, if the reader wants that, and otherwise not at all. */
  const remember = () => {
    for (const id of kept) {
      if (field("keep").checked) sessionStorage.setItem(id, field(id).value);
      else sessionStorage.removeItem(id);
    }
    const complete = kept.every((id) => field(id).value.trim());
    field("signing-state").textContent =
      complete ? "Requests are signed here; the key is never sent." : "Without both, requests are not signed.";
  };

  if (live) {
    for (const id of kept) {
      const value = sessionStorage.getItem(id);
      if (value === null) continue;
      field(id).value = value;
      field("keep").checked = true;
    }
    field("signing").addEventListener("input", remember);
    field("signing").addEventListener("submit", (event) => event.preventDefault());
    remember();
  }

  Scalar.createApiReference("#reference", {
    content: window.contract,
    // "Try it" sends requests to the server that these pages come from, whatever servers the contract lists.
    ...(live ? { servers: [{ url: server, description: "This server" }], onBeforeRequest: sign } : {}),
    hideTestRequestButton: !live,
    // The samples of the contract sign; those that Scalar generates don't.
    hiddenClients: true,
    generateOperationSlug: ({ operationId }) => operationId,
    defaultOpenAllTags: true,
    forceDarkModeState: document.documentElement.dataset.theme,
    hideDarkModeToggle: true,
    documentDownloadType: "none",
    withDefaultFonts: false,
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    hideClientButton: true,
    hideSearch: true,
    showDeveloperTools: "never",
  });

  document.addEventListener("theme", ({ detail: theme }) => {
    document.body.classList.toggle("dark-mode", theme === "dark");
    document.body.classList.toggle("light-mode", theme === "light");
  });
})();
