// The interactive reference: Scalar, shown the contract, and requests signed by the fields above it.
"use strict";
(() => {
  const live = document.body.dataset.place === "server";
  const field = (id) => document.getElementById(id);

  /** Signs what Scalar is about to send; each request anew, because a timestamp is only good for minutes. */
  const sign = ({ requestBuilder }) => {
    const [tenantId, apiKey] = [field("tenant-id").value.trim(), field("api-key").value];
    if (!tenantId || !apiKey) return;
    const timestamp = String(Date.now());
    const token = window.signing.token(tenantId, timestamp, apiKey);
    for (const [name, value] of Object.entries({ tenant_id: tenantId, timestamp, token })) {
      requestBuilder.headers.set(name, value);
    }
  };

  const configuration = {
    content: window.contract,
    // "Try it" asks the server that these pages come from, whatever servers the contract names.
    ...(live ? { servers: [{ url: location.origin, description: "This server" }], onBeforeRequest: sign } : {}),
    hideTestRequestButton: !live,
    // Our samples sign; those that Scalar writes by itself don't.
    hiddenClients: true,
    generateOperationSlug: ({ operationId }) => operationId,
    forceDarkModeState: document.documentElement.dataset.theme,
    hideDarkModeToggle: true,
    documentDownloadType: "none",
    withDefaultFonts: false,
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    hideClientButton: true,
    showDeveloperTools: "never",
  };
  Scalar.createApiReference("#reference", configuration);

  document.addEventListener("theme", ({ detail: theme }) => {
    document.body.classList.toggle("dark-mode", theme === "dark");
    document.body.classList.toggle("light-mode", theme === "light");
  });
})();
