// Alpine's CSP build (MIT) needs no eval, so the storefront's policy can stay `script-src 'self'`.
import { copyFileSync, mkdirSync, writeFileSync, readFileSync } from "node:fs";

mkdirSync("../static/storefront/vendor", { recursive: true });
copyFileSync("node_modules/@alpinejs/csp/dist/cdn.min.js", "../static/storefront/vendor/alpine-csp.min.js");
const { version, license } = JSON.parse(readFileSync("node_modules/@alpinejs/csp/package.json", "utf8"));
writeFileSync(
  "../static/storefront/vendor/README.txt",
  `alpine-csp.min.js: @alpinejs/csp ${version}, licence ${license}, Copyright Caleb Porzio and contributors, https://github.com/alpinejs/alpine\n`,
);
