// The interactive reference: Scalar, shown the contract, and requests signed by the fields above it.
"use strict";
(() => {
  const live = document.body.dataset.place === "server";
  const field = (id) => document.getElementById(id);
  // The pages stand in its folder docs/, which a proxy may have put below another.
  const server = new URL("..", location.href).href.replace(/\/$/, "");
  const kept = ["tenant-id", "api-key"];

  /** Signs what Scalar is about to send; each request anew, because a timestamp is good for minutes only. */
  const sign = ({ requestBuilder }) => {
    const [tenantId, apiKey] = [field("tenant-id").value.trim(), field("api-key").value];
    if (!tenantId || !apiKey) return;
    const timestamp = String(Date.now());
    const token = window.signing.token(tenantId, timestamp, apiKey);
    for (const [name, value] of Object.entries({ tenant_id: tenantId, timestamp, token })) {
      requestBuilder.headers.set(name, value);
    }
  };

  /** The fields are forgotten with the page, unless the reader wants them kept: then with the tab. */
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
    // "Try it" asks the server that these pages come from, whatever servers the contract names.
    ...(live ? { servers: [{ url: server, description: "This server" }], onBeforeRequest: sign } : {}),
    hideTestRequestButton: !live,
    // Our samples sign; those that Scalar writes by itself don't.
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
