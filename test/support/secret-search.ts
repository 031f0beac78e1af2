/** Looks for secrets in texts and files, as plain text and as URLs, JSON and base64 spell them; shares nothing with what takes them out. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A place where something was written or said, and what. */
export interface Said {
  readonly where: string;
  readonly text: string;
}

/** What is a secret by its looks, whoever made it: tokens of Keystone, sessions of vSphere. */
const SHAPES: readonly (readonly [name: string, shape: RegExp])[] = [
  ['a token of Keystone', /gAAAAA[\w-]{40}/],
  ['a session of vSphere', /vmware_soap_session[=:"\\]+[\w-]{20}/],
  ['a session of the vCenter’s REST', /vmware-api-session-id[=:"\\ ]+[\w-]{20}/i],
];

/** Every secret that stands somewhere, with the place and the spelling: none where all is well. */
export function secretsIn(said: readonly Said[], secrets: Readonly<Record<string, string>>): string[] {
  const needles = Object.entries(secrets).flatMap(([name, secret]) =>
    spellingsOf(secret).map(([spelling, needle]) => ({ name: `${name} (${spelling})`, needle })),
  );
  return said.flatMap(({ where, text }) => [
    ...needles.filter(({ needle }) => text.includes(needle)).map(({ name }) => `${where}: ${name}`),
    ...SHAPES.filter(([, shape]) => shape.test(text)).map(([name]) => `${where}: ${name}`),
  ]);
}

function spellingsOf(secret: string): [spelling: string, needle: string][] {
  const all: [string, string][] = [
    ['plain', secret],
    ['JSON', JSON.stringify(secret).slice(1, -1)],
    ['URL', encodeURIComponent(secret)],
    ['form', new URLSearchParams([['', secret]]).toString().slice(1)],
    ['XML', secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')],
  ];
  // Within something longer, as `user:password` is: without the letters that depend on what stands beside it.
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.from('x'.repeat(before) + secret).toString('base64');
    const whole = encoded.slice(before === 0 ? 0 : before + 1, -4);
    all.push(['base64', whole], ['base64url', whole.replaceAll('+', '-').replaceAll('/', '_')]);
  }
  return all.filter(([, needle]) => needle.length >= 8);
}

/** All files below a folder; what is packed by gzip is unpacked. */
export function filesBelow(folder: string): Said[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => lstatSync(file).isFile())
    .map((file) => {
      const bytes = readFileSync(file);
      const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
      return { where: file, text: (isPacked ? gunzipSync(bytes) : bytes).toString('utf8') };
    });
}
