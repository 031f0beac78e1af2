/** What the reader of vSphere's answers promises: the same for every way that the bytes may be cut, and a clear word on garbage. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TypedReader } from '../../worker/sources/vsphere/inventory/typed-reader.ts';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

interface Element {
  readonly name: string;
  readonly xsiType: string | null;
  readonly type: string | null;
  readonly content: readonly (Element | string)[];
}
const names = fc.constantFrom('VirtualDevice', 'VirtualDeviceInfo', 'dull', 'key', 'ключ', 'a-b.c');
const texts = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll(/[\r\n]/g, ' '));
const { element } = fc.letrec<{ element: Element; content: (Element | string)[] }>((tie) => ({
  element: fc.record({
    name: names,
    xsiType: fc.option(fc.constantFrom('VirtualDisk', 'string', 'ArrayOfTag')),
    type: fc.option(texts),
    content: tie('content'),
  }),
  content: fc.oneof(
    { depthSize: 'small' },
    fc.array(texts, { maxLength: 1 }),
    fc.array(fc.oneof(texts, tie('element')), { maxLength: 4 }),
  ),
}));
/** How a server may spell the same: prefixes, quotes, entities, asides. */
const spellings = fc.record({
  prefix: fc.constantFrom('xsi', 'XMLSchema-instance', 'p1'),
  elementPrefix: fc.constantFrom('', 'vim25:'),
  quote: fc.constantFrom('"', "'"),
  isLocal: fc.boolean(),
  aside: fc.constantFrom('', '<!-- </dull> <dull> -->', '<?pi </dull>?>', '<![CDATA[]]>'),
});
type Spelling = typeof spellings extends fc.Arbitrary<infer T> ? T : never;

function xmlOf(root: Element, how: Spelling): string {
  const { prefix, elementPrefix, quote, isLocal, aside } = how;
  const escape = (text: string): string =>
    text.replaceAll(/[&<>"']/g, (sign, at: number) => {
      const code = sign.codePointAt(0) ?? 0;
      if (sign === '&') return '&amp;';
      if (sign === '<') return at % 2 === 0 ? '&lt;' : `&#x${code.toString(16)};`;
      if (sign === '>') return sign; // may stand as it is
      return sign === '"' ? '&quot;' : `&#${code};`;
    });
  const write = (node: Element | string): string => {
    if (typeof node === 'string') return escape(node);
    const declared = isLocal ? ` xmlns:${prefix}=${quote}${XSI}${quote}` : '';
    const xsiType = node.xsiType === null ? '' : `${declared} ${prefix}:type=${quote}xsd:${node.xsiType}${quote}`;
    const type = node.type === null ? '' : ` type=${quote}${escape(node.type)}${quote}`;
    const inner = node.content.map(write).join('');
    const tag = `${elementPrefix}${node.name}`;
    return inner === '' && quote === '"'
      ? `<${tag}${xsiType}${type}/>`
      : `<${tag}${xsiType}${type}>${aside}${inner}</${tag}${quote === "'" ? ' ' : ''}>`;
  };
  const body = write(root);
  return `<?xml version="1.0"?>\n<e:Envelope xmlns:e="urn:e"${isLocal ? '' : ` xmlns:${prefix}="${XSI}"`}>${body}</e:Envelope>\n`;
}

/** What is told, with runs of text joined. */
function read(pieces: readonly Uint8Array[], skips: (name: string) => boolean = () => false): string[] {
  const told: string[] = [];
  const reader = new TypedReader({
    open: (name, xsiType, type) => {
      if (skips(name)) return false;
      told.push(`<${name}|${xsiType ?? ''}|${type ?? ''}`);
      return true;
    },
    text: (text) => {
      if (told.at(-1)?.startsWith('=') === true) told.push(`${told.pop() ?? ''}${text}`);
      else if (text !== '') told.push(`=${text}`);
    },
    close: () => told.push('/'),
  });
  for (const piece of pieces) reader.write(piece);
  reader.end();
  return told;
}

function expected(root: Element, skips: (name: string) => boolean): string[] {
  const told: string[] = [];
  const walk = (node: Element | string): void => {
    if (typeof node === 'string') {
      if (told.at(-1)?.startsWith('=') === true) told.push(`${told.pop() ?? ''}${node}`);
      else if (node !== '') told.push(`=${node}`);
      return;
    }
    if (skips(node.name)) return;
    told.push(`<${node.name}|${node.xsiType ?? ''}|${node.type ?? ''}`);
    node.content.forEach(walk);
    told.push('/');
  };
  walk(root);
  return skips('Envelope') ? [] : ['<Envelope||', ...told, '/'];
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

const whole = (xml: string): string[] => read([Buffer.from(xml)]);

describe('reading vSphere’s XML as it comes', () => {
  test('tells the same wherever the bytes are cut, however the server spells it, and whatever is passed over', () => {
    fc.assert(
      fc.property(
        element,
        spellings,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom('', 'dull', 'VirtualDevice', 'key'),
        (root, spelling, sizes, skipped) => {
          const bytes = Buffer.from(xmlOf(root, spelling));
          const skips = (name: string): boolean => name === skipped;

          expect(read(cut(bytes, sizes), skips)).toEqual(expected(root, skips));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('passes over an element as a whole, also where one of the same name is within it', () => {
    const xml = '<a><dull><dull x=">"/><b/></dull><dull/><c>1</c></a>';

    expect(read([Buffer.from(xml)], (name) => name === 'dull')).toEqual(['<a||', '<c||', '=1', '/', '/']);
  });

  test('knows a schema type by the namespace of its prefix, not by the prefix', () => {
    const other = `<a xmlns:xsi="urn:other" xmlns:t="${XSI}"><b xsi:type="No" t:type="x:Yes" type="Task"/><c xmlns:t="urn:other" t:type="No"/><d t:type="Yes"/></a>`;

    expect(whole(other)).toEqual(['<a||', '<b|Yes|Task', '/', '<c||', '/', '<d|Yes|', '/', '/']);
  });

  test.each([
    ['nothing at all', ''],
    ['an answer that breaks off', '<a><b>text</b>'],
    ['an answer that breaks off within a tag', '<a><b'],
    ['an answer that breaks off within what is passed over', '<a><dull><b></b>'],
    ['tags that cross', '<a><b></a></b>'],
    ['a login page', '<!DOCTYPE html><html><body>Sign in<br></body></html>'],
    ['a page without its type', '<html><body>Sign in<br></body></html>'],
    ['entities of its own', '<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'],
    ['an entity that nobody knows', '<a>&nbsp;</a>'],
    ['a lonely ampersand', '<a>this & that</a>'],
    ['a number that is no character', '<a>&#x110000;</a>'],
    ['words', 'Service Unavailable'],
    ['words behind the end', '<a></a>tail'],
    ['a second document', '<a></a><a></a>'],
    ['a closing tag alone', '</a>'],
    ['a tag without a name', '<a>< b></ b></a>'],
    ['attributes without quotes', '<a b=c></a>'],
    ['elements without end', '<a>'.repeat(200)],
  ])('%s is no answer', (_, xml) => {
    const skips = (name: string): boolean => name === 'dull';

    for (const size of [1, 7, 100_000])
      expect(() => read(cut(Buffer.from(xml), [size]), skips)).toThrow(
        expect.objectContaining({ code: 'net.strange-answer' }),
      );
  });

  test('a tag or text without end is given up before it fills the memory', () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const endless = (beginning: string): void => {
      const reader = new TypedReader({ open: () => true, text: () => {}, close: () => {} });
      reader.write(Buffer.from(beginning));
      for (let sent = 0; sent < 4 * 1024 * 1024; sent += chunk.length) reader.write(chunk);
      throw new Error('4 MiB were taken');
    };

    for (const beginning of ['<a>', '<a ', '<a b="', '<a><!-- '])
      expect(() => endless(beginning)).toThrow(/a million characters/);
  });
});
