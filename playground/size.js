// Prints the sizes of the built site, and fails if it is above its ceiling.
import { readFileSync, readdirSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

const CEILING = 1_362_000;
const dist = new URL("dist/", import.meta.url);
const total = { raw: 0, gzip: 0, brotli: 0 };
for (const name of readdirSync(dist, { recursive: true }).sort()) {
  if (!/\.\w+$/.test(name)) continue;
  const bytes = readFileSync(new URL(name, dist));
  const sizes = { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes).length };
  for (const kind of Object.keys(total)) total[kind] += sizes[kind];
  console.log(`${name.padEnd(40)} ${sizes.raw} bytes, gzip ${sizes.gzip}, brotli ${sizes.brotli}`);
}
console.log(`${"total".padEnd(40)} ${total.raw} bytes, gzip ${total.gzip}, brotli ${total.brotli}`);
if (total.brotli > CEILING) {
  console.error(`the site is above ${CEILING} bytes compressed by brotli`);
  process.exitCode = 1;
}
