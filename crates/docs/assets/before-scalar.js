// Scalar would compile code to check its settings, which the server's content security policy forbids.
"use strict";
globalThis.__zod_globalConfig = { jitless: true };
