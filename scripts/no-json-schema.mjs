/** Leaves out of the page what zod makes JSON Schema with: 5 kB that only the server needs, and that zod ties to every schema. */
import { readFileSync } from 'node:fs';

const parts = /node_modules\/zod\/v4\/core\/(json-schema-processors|to-json-schema)\.js$/;

/** A plugin for a bundler: what these modules export is there, and does nothing but say so when it is called after all. */
export function noJsonSchema() {
  const left = new Set();
  return {
    name: 'no-json-schema',
    /** @param {string} id */
    load(id) {
      if (!parts.test(id)) return null;
      left.add(id);
      const text = readFileSync(id, 'utf8');
      const names = [...text.matchAll(/^export (?:const|function) (\w+)|^export \{ \w+ as (\w+) \}/gm)];
      return [
        "const refuse = () => { throw new Error('The page makes no JSON Schema.'); };",
        'const later = () => refuse;',
        `export { ${names.map(([, name, other]) => `later as ${name ?? other}`).join(', ')} };`,
      ].join('\n');
    },
    buildEnd() {
      if (left.size !== 2) throw new Error('zod has its JSON Schema elsewhere now: scripts/no-json-schema.mjs');
    },
  };
}
