// The example of a signature, computed for the values in the form. Nothing leaves the page.
"use strict";
(() => {
  const field = (id) => document.getElementById(id);
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

  const show = () => {
    const [tenantId, timestamp, apiKey] =
      ["token-tenant-id", "token-timestamp", "token-api-key"].map((id) => field(id).value);
    const url = field("token-url").value.trim().replace(/\/+$/, "");
    const token = window.signing.token(tenantId, timestamp, apiKey);
    field("token-text").textContent = window.signing.text(tenantId, timestamp, apiKey);
    field("token").textContent = token;
    field("token-curl").textContent = [
      `curl -s ${quoted(`${url}/group-dispatch-api/user/queryUserStatus`)}`,
      `-H 'Content-Type: application/json'`,
      `-H ${quoted(`tenant_id: ${tenantId}`)}`,
      `-H ${quoted(`timestamp: ${timestamp}`)}`,
      `-H 'token: ${token}'`,
      `-d '{"source": 2}'`,
    ].join(" \\\n  ") + "\n";
  };

  // On a server, the pages come from the service to query, and are in its folder docs/.
  if (document.body.dataset.place === "server") {
    field("token-url").value = new URL("..", location.href).href.replace(/\/$/, "");
  }
  field("token-form").addEventListener("input", show);
  field("token-form").addEventListener("submit", (event) => event.preventDefault());
  field("token-now").addEventListener("click", () => {
    field("token-timestamp").value = String(Date.now());
    show();
  });
  show();
})();
