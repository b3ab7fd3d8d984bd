// Prints what AsyncAPI's own parser says of a description, as JSON: whether it is one, and why not.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], "utf8"));
const found = diagnostics.map(({ severity, code, message, path }) => ({ severity, code, message, path }));
console.log(JSON.stringify({
  channels: document ? document.channels().all().map((channel) => channel.address()) : null,
  diagnostics: found,
}));
