// Scalar's checks of its settings would try to compile code, which the server's content security policy refuses.
"use strict";
globalThis.__zod_globalConfig = { jitless: true };
