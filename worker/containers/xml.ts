/** Reads a small XML document from a hostile hand: no DTD, no entities of its own, bounded in size, depth and elements. */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { ContainerLimitError, DamagedContainerError } from './errors.ts';
import { known } from './hardware.ts';

export const MOST_XML_BYTES = 16 * 1024 * 1024;
const MOST_TAGS = 100_000;
const MOST_QUOTES = 400_000;
const MOST_DEPTH = 64;

/** Names are local ones: `ovf:File` is `File`. The documents read here never use one local name for two things in one place. */
export interface XmlElement {
  readonly name: string;
  /** The element's own text, with blanks at both ends taken away. */
  readonly text: string;
  readonly children: readonly XmlElement[];
  /** The value of the first attribute of that local name. */
  attribute(name: string): string | undefined;
}

/** fast-xml-parser's shape with `preserveOrder`: one key for the element's name, and `:@` for its attributes. */
type Parsed = { readonly [key: string]: readonly Parsed[] | string | Readonly<Record<string, string>> };

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  cdataPropName: '#cdata',
  maxNestedTags: MOST_DEPTH,
});

/**
 * The root element of the document.
 * @throws DamagedContainerError where it is not well formed, has a DOCTYPE, or uses an entity that XML does not define
 * @throws ContainerLimitError
 */
export function parseXml(bytes: Uint8Array, name: string): XmlElement {
  if (bytes.length > MOST_XML_BYTES) throw new ContainerLimitError(`“${name}” has ${bytes.length} bytes.`);
  const text = decodeXml(bytes, name);
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) {
    throw new DamagedContainerError(`“${name}” declares a document type; descriptions of virtual machines have none.`);
  }
  if (count(text, '<') > MOST_TAGS || count(text, '"') + count(text, "'") > MOST_QUOTES) {
    throw new ContainerLimitError(`“${name}” has more elements than any real description.`);
  }
  const roots = elementsOf(parse(text, name), name);
  const [root] = roots;
  if (root === undefined || roots.length > 1)
    throw new DamagedContainerError(`“${name}” has ${roots.length} root elements.`);
  return root;
}

/** The local name of the root element of what may be an XML document, from its first bytes; undefined for anything else. */
export function rootNameOf(head: Uint8Array): string | undefined {
  const isWide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0x3c && head[1] === 0);
  const isBigEndian = (head[0] === 0xfe && head[1] === 0xff) || (head[0] === 0 && head[1] === 0x3c);
  const text = new TextDecoder(isWide ? 'utf-16le' : isBigEndian ? 'utf-16be' : 'utf-8').decode(head);
  let at = 0;
  for (;;) {
    while (/\s/.test(text.charAt(at))) at++;
    const end = text.startsWith('<!--', at) ? '-->' : text.startsWith('<?', at) ? '?>' : undefined;
    if (end === undefined) break;
    const closed = text.indexOf(end, at);
    if (closed === -1) return undefined;
    at = closed + end.length;
  }
  // A document type has the name of its root; such a document is refused when it is parsed.
  const name = /^<(?:!DOCTYPE\s+)?([A-Za-z_][\w.:-]{0,100})[\s/>]/.exec(text.slice(at, at + 200))?.[1];
  return name === undefined ? undefined : localName(name);
}

/** The children of that local name. */
export function all(element: XmlElement | undefined, name: string): XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** The first child along a path of local names. */
export function first(element: XmlElement | undefined, ...names: readonly string[]): XmlElement | undefined {
  let at = element;
  for (const name of names) at = at?.children.find((child) => child.name === name);
  return at;
}

/** The text of the first child along a path; undefined where there is none or it is empty. */
export function textOf(element: XmlElement | undefined, ...names: readonly string[]): string | undefined {
  const text = first(element, ...names)?.text;
  return text === '' ? undefined : text;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** For writing: the text as XML text or as an attribute's value in double quotes. */
export function escapeXml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd') // no XML document can hold these
    .replace(/[&<>"\t\n\r]/g, (character) => ESCAPES[character] ?? `&#${character.charCodeAt(0)};`);
}

/** The document's text by its byte order mark, or by the encoding that it declares, or UTF-8. */
function decodeXml(bytes: Uint8Array, name: string): string {
  const head = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  let encoding =
    /^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']/.exec(head)?.[1] ?? 'utf-8';
  if (head.startsWith('\xff\xfe') || head.startsWith('<\0')) encoding = 'utf-16le';
  else if (head.startsWith('\xfe\xff') || head.startsWith('\0<')) encoding = 'utf-16be';
  else if (/^utf-?16/i.test(encoding)) encoding = 'utf-8'; // declared, but the first bytes say otherwise
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DamagedContainerError(`“${name}” is not text in ${encoding}.`, { cause });
  }
}

function parse(text: string, name: string): readonly Parsed[] {
  let wrong: string;
  let cause: unknown;
  try {
    const verdict = XMLValidator.validate(text); // the parser itself would forgive tags that are never closed
    if (verdict === true) return parser.parse(text) as readonly Parsed[]; // what `preserveOrder` gives
    wrong = `line ${verdict.err.line}: ${verdict.err.msg}`;
  } catch (error) {
    cause = error;
    wrong = error instanceof Error ? error.message : String(error);
  }
  throw new DamagedContainerError(`“${name}” is not well-formed XML: ${wrong}`, { cause });
}

function elementsOf(nodes: readonly Parsed[], name: string): XmlElement[] {
  return nodes.flatMap((node) => {
    const tag = Object.keys(node).find((key) => key !== ':@');
    return tag === undefined || tag.startsWith('#') ? [] : [elementOf(node, tag, name)];
  });
}

function elementOf(node: Parsed, tag: string, name: string): XmlElement {
  const inner = node[tag] as readonly Parsed[]; // under an element's name stands the list of what is in it
  const attributes = (node[':@'] ?? {}) as Readonly<Record<string, string>>; // under this key stand attributes alone
  const text = inner.map((part) => textIn(part, name)).join('');
  return {
    name: localName(tag),
    text: text.trim(),
    children: elementsOf(inner, name),
    attribute(wanted) {
      const key = Object.keys(attributes).find(
        (candidate) => !candidate.startsWith('xmlns') && localName(candidate) === wanted,
      );
      return key === undefined ? undefined : unescape(attributes[key] ?? '', name);
    },
  };
}

function textIn(part: Parsed, name: string): string {
  const text = part['#text'];
  if (typeof text === 'string') return unescape(text, name);
  const [inside] = (part['#cdata'] ?? []) as readonly Parsed[]; // a CDATA section holds one text
  const verbatim = inside?.['#text'];
  return typeof verbatim === 'string' ? verbatim : '';
}

const PREDEFINED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(text: string, name: string): string {
  return text.replace(/&([^;&\s]{0,10});?/g, (whole, entity: string) => {
    const digits = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(entity);
    const code = digits?.[1] === undefined ? Number(digits?.[2]) : Number.parseInt(digits[1], 16);
    const character =
      digits !== null && code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : known(PREDEFINED, entity);
    if (character !== undefined && whole.endsWith(';')) return character;
    throw new DamagedContainerError(`“${name}” uses “${whole}”, which XML does not define.`);
  });
}

function localName(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) found++;
  return found;
}
