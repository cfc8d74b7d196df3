// Verifies webhooks with the library of Standard Webhooks: one JSON object a line on standard input, and for each a line that
// says whether it is accepted.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { secret, headers, body } = JSON.parse(line);
  try {
    new Webhook(secret).verify(body, headers);
    console.log("accepted");
  } catch (error) {
    console.log(`rejected: ${error.message}`);
  }
}
