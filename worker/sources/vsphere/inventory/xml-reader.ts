/** Reads XML as it comes, without a tree: tells what opens, holds text and closes, and passes over what nobody wants. */
import { StringDecoder } from 'node:string_decoder';
import { StrangeAnswerError } from '../../../net/errors.ts';

export interface XmlEvents {
  /**
   * @param name without its prefix
   * @param xsiType the element's schema type without prefix; null where it has none
   * @param type its plain attribute `type`, which names the kind of a managed object
   * @returns false to pass over the element: neither its content nor its end is told then
   */
  open(name: string, xsiType: string | null, type: string | null): boolean;
  /** A run of text, entities decoded; the text of one element may come in several runs. */
  text(text: string): void;
  close(): void;
}

/** Memory is bounded by this for what has no end yet, plus the chunk that came last. */
const MOST_TOKEN_CHARS = 1024 * 1024;
const MOST_DEPTH = 100;
const MOST_KNOWN_TAGS = 4096;
const SCHEMA_INSTANCE = 'http://www.w3.org/2001/XMLSchema-instance';
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;

/** An opening tag, parsed; prefixes are resolved where it stands. */
interface Tag {
  readonly qname: string;
  readonly name: string;
  readonly isEmpty: boolean;
  readonly type: string | null;
  /** Attributes with the local name `type` that have a prefix. */
  readonly prefixedTypes: readonly { readonly prefix: string; readonly value: string }[];
  readonly declares: readonly { readonly prefix: string; readonly uri: string }[];
}

export class XmlReader {
  readonly #events: XmlEvents;
  readonly #decoder = new StringDecoder('utf8');
  /** What has come and could not be told yet. */
  #rest = '';
  readonly #open: string[] = [];
  #hasRoot = false;
  /** The depth below which nothing is told; 0 tells everything. */
  #skipsBelow = 0;
  readonly #tags = new Map<string, Tag>();
  readonly #prefixes = new Map<string, string>();
  readonly #undo: { readonly depth: number; readonly prefix: string; readonly uri: string | undefined }[] = [];

  constructor(events: XmlEvents) {
    this.#events = events;
  }

  /** @throws StrangeAnswerError as soon as it cannot be XML that vSphere writes */
  write(bytes: Uint8Array): void {
    const text = this.#decoder.write(bytes);
    this.#read(this.#rest === '' ? text : this.#rest + text);
    if (this.#rest.length > MOST_TOKEN_CHARS) throw garbage('a tag or text of more than a million characters');
  }

  /** @throws StrangeAnswerError when the document is not complete */
  end(): void {
    this.#rest += this.#decoder.end();
    if (!this.#hasRoot || this.#open.length > 0) throw garbage('it ends too early');
    if (this.#rest.trim() !== '') throw garbage('something follows its end');
  }

  #read(s: string): void {
    let aside = nextAside(s, 0);
    let at = 0;
    for (;;) {
      const start = s.indexOf('<', at);
      if (start < 0 || start + 1 >= s.length) break;
      if (start > at) {
        this.#text(s.slice(at, start));
        at = start;
      }
      const kind = s.charCodeAt(start + 1);
      let end: number;
      if (kind === SLASH) {
        end = s.indexOf('>', start + 2);
        if (end < 0) break;
        this.#close(s.slice(start + 2, end));
      } else if (kind === BANG || kind === QUESTION) {
        end = this.#aside(s, start);
        if (end < 0) break;
      } else {
        end = endOfTag(s, start + 1);
        if (end < 0) break;
        const tag = this.#tag(s.slice(start + 1, end));
        const wanted = this.#opened(tag);
        if (!wanted && !tag.isEmpty && this.#skipsBelow === 0) {
          if (aside >= 0 && aside <= end) aside = nextAside(s, end + 1);
          const past = pastElement(s, end + 1, tag.qname, aside);
          if (past < 0) this.#skipsBelow = this.#open.length;
          else {
            this.#left();
            end = past - 1;
          }
        }
      }
      at = end + 1;
    }
    this.#rest = at === 0 ? s : s.slice(at);
  }

  #text(raw: string): void {
    if (this.#open.length === 0) {
      if (raw.trim() !== '' && raw !== '\ufeff') throw garbage('text where an element should be');
    } else if (this.#skipsBelow === 0) {
      this.#events.text(raw.includes('&') ? decodeEntities(raw) : raw);
    }
  }

  /** Comments, CDATA and processing instructions. @returns where it ends, or -1 where its end has not come yet */
  #aside(s: string, start: number): number {
    const [begin, close] = s.startsWith('<?', start)
      ? ['<?', '?>']
      : s.startsWith('<!--', start)
        ? ['<!--', '-->']
        : ['<![CDATA[', ']]>'];
    if (!s.startsWith(begin, start)) {
      if (begin.startsWith(s.slice(start)) || '<!--'.startsWith(s.slice(start))) return -1;
      throw garbage('a document type, or markup that vSphere never writes');
    }
    const end = s.indexOf(close, start + begin.length);
    if (end < 0) return -1;
    if (begin === '<![CDATA[') {
      if (this.#open.length === 0) throw garbage('text where an element should be');
      if (this.#skipsBelow === 0) this.#events.text(s.slice(start + begin.length, end));
    }
    return end + close.length - 1;
  }

  #tag(source: string): Tag {
    const known = this.#tags.get(source);
    if (known !== undefined) return known;
    const copy = Buffer.from(source).toString(); // what is kept must not be a slice of the answer, which would stay with it
    const tag = parseTag(copy);
    if (this.#tags.size < MOST_KNOWN_TAGS) this.#tags.set(copy, tag);
    return tag;
  }

  /** @returns false when the element is to be passed over */
  #opened(tag: Tag): boolean {
    if (this.#open.length === 0 && this.#hasRoot) throw garbage('a second document follows');
    if (this.#open.length >= MOST_DEPTH) throw garbage('its elements are nested too deeply');
    this.#hasRoot = true;
    this.#open.push(tag.qname);
    for (const { prefix, uri } of tag.declares) this.#declare(prefix, uri);
    let wanted = false;
    if (this.#skipsBelow === 0) {
      wanted = this.#events.open(tag.name, this.#xsiType(tag), tag.type);
      if (wanted && tag.isEmpty) this.#events.close();
    }
    if (tag.isEmpty) this.#left();
    return wanted;
  }

  #xsiType(tag: Tag): string | null {
    for (const { prefix, value } of tag.prefixedTypes)
      if (this.#prefixes.get(prefix) === SCHEMA_INSTANCE) return localName(value);
    return null;
  }

  #declare(prefix: string, uri: string): void {
    const before = this.#prefixes.get(prefix);
    if (before === uri) return;
    this.#undo.push({ depth: this.#open.length, prefix, uri: before });
    this.#prefixes.set(prefix, uri);
  }

  #close(qname: string): void {
    const expected = this.#open.at(-1);
    if (expected === undefined || (qname !== expected && qname.trimEnd() !== expected))
      throw garbage(`</${qname.slice(0, 40)}> closes what is not open`);
    if (this.#skipsBelow === 0) this.#events.close();
    else if (this.#skipsBelow === this.#open.length) this.#skipsBelow = 0;
    this.#left();
  }

  #left(): void {
    for (let last = this.#undo.at(-1); last?.depth === this.#open.length; last = this.#undo.at(-1)) {
      if (last.uri === undefined) this.#prefixes.delete(last.prefix);
      else this.#prefixes.set(last.prefix, last.uri);
      this.#undo.pop();
    }
    this.#open.pop();
  }
}

/** Where the tag's `>` is, which may stand in a quoted value too; -1 where it has not come yet. */
function endOfTag(s: string, from: number): number {
  let end = s.indexOf('>', from);
  while (end >= 0 && endsInQuotes(s.slice(from, end))) end = s.indexOf('>', end + 1);
  return end;
}

function endsInQuotes(tag: string): boolean {
  for (let at = 0; ;) {
    const double = tag.indexOf('"', at);
    const single = tag.indexOf("'", at);
    if (double < 0 && single < 0) return false;
    const isDouble = single < 0 || (double >= 0 && double < single);
    const close = isDouble ? tag.indexOf('"', double + 1) : tag.indexOf("'", single + 1);
    if (close < 0) return true;
    at = close + 1;
  }
}

/** Where the next comment, CDATA section or processing instruction begins; -1 where none does. */
function nextAside(s: string, from: number): number {
  const bang = s.indexOf('<!', from);
  const question = s.indexOf('<?', from);
  return bang < 0 || question < 0 ? Math.max(bang, question) : Math.min(bang, question);
}

/**
 * Past the end of an element whose content begins at `from`, found by looking for its closing tag alone: what is within
 * is not looked at.
 * @returns -1 where that would not be safe, or its end has not come yet
 */
function pastElement(s: string, from: number, qname: string, aside: number): number {
  const closing = `</${qname}>`;
  const end = s.indexOf(closing, from);
  if (end < 0) return -1;
  const inner = s.indexOf(`<${qname}`, from);
  if (inner >= 0 && inner < end) return -1; // one within the other, perhaps
  if (aside >= 0 && aside < end) return -1; // the closing tag may stand in a comment
  return end + closing.length;
}

const ATTRIBUTE = /\s+([^\s=<>"'/]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/gy;
const NAME = /^[\p{L}_:][\p{L}\p{N}_:.·-]*/u;

/** @param source between `<` and `>` */
function parseTag(source: string): Tag {
  const [qname] = NAME.exec(source) ?? [];
  if (qname === undefined) throw garbage(`<${source.slice(0, 40)}> is no tag`);
  const isEmpty = source.endsWith('/');
  const rest = source.slice(qname.length, isEmpty ? -1 : undefined);
  const prefixedTypes: { prefix: string; value: string }[] = [];
  const declares: { prefix: string; uri: string }[] = [];
  let type: string | null = null;
  let end = 0;
  for (const [all, name = '', double, single] of rest.matchAll(ATTRIBUTE)) {
    end += all.length;
    const value = decodeEntities(double ?? single ?? '');
    if (name === 'type') type = value;
    else if (name.startsWith('xmlns:')) declares.push({ prefix: name.slice('xmlns:'.length), uri: value });
    else if (name.endsWith(':type')) prefixedTypes.push({ prefix: name.slice(0, -':type'.length), value });
  }
  if (rest.slice(end).trim() !== '') throw garbage(`<${source.slice(0, 40)}> is no tag`);
  return { qname, name: localName(qname), isEmpty, type, prefixedTypes, declares };
}

function localName(qname: string): string {
  return qname.slice(qname.indexOf(':') + 1);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decodeEntities(raw: string): string {
  return raw.replaceAll(/&([^;]{0,12};?)/g, (_, reference: string) => {
    const named = ENTITIES[reference.slice(0, -1)];
    if (named !== undefined && reference.endsWith(';')) return named;
    const [, hex, decimal] = /^#(?:x([0-9a-fA-F]+)|(\d+));$/.exec(reference) ?? [];
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    if (!(code > 0 && code <= 0x10ffff)) throw garbage(`&${reference} stands for nothing`);
    return String.fromCodePoint(code);
  });
}

function garbage(why: string): StrangeAnswerError {
  return new StrangeAnswerError(`The server’s answer cannot be read as XML: ${why}.`);
}
