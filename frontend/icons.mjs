// One sprite of the Lucide icons (ISC) that the templates use, so a page pays for about sixty and not for all.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const names = readFileSync("icons.txt", "utf8").split(/\s+/).filter(Boolean).sort();
const symbols = names.map((name) => {
  const svg = readFileSync(`node_modules/lucide-static/icons/${name}.svg`, "utf8");
  const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).replace(/\s*\n\s*/g, "");
  // A pressed heart is a filled one: pages set the variable.
  const fill = name === "heart" ? "var(--heart, none)" : "none";
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="${fill}" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`;
});
// Our own: a row of five filled stars, 100 × 20, cut to the average by a nested viewport.
const star = "l2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8-4.2-4.1 5.8-.8z";
const row = [0, 1, 2, 3, 4].map((place) => `M${place * 20 + 10} 1.6${star}`).join("");
symbols.push(`<symbol id="five-stars" viewBox="0 0 100 20" width="100" height="20"><path fill="currentColor" d="${row}"/></symbol>`);
symbols.push(`<symbol id="one-star" viewBox="0 0 20 20"><path fill="currentColor" d="M10 1.6${star}"/></symbol>`);
mkdirSync("../static/storefront", { recursive: true });
writeFileSync("../static/storefront/icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
writeFileSync("../static/storefront/icons.LICENSE.txt", readFileSync("node_modules/lucide-static/LICENSE", "utf8"));
