/** Reads XML as it comes, without a tree: tells what opens, holds text and closes, and passes over what nobody wants. */
import { StringDecoder } from 'node:string_decoder';
import { decodeEntities } from './entities.ts';

export interface XmlEvents {
  /**
   * @param name without its prefix
   * @param source what stands between `<` and `>`
   * @returns false to pass over the element: neither its content nor its end is told then
   */
  open(name: string, source: string): boolean;
  /** A run of text, entities decoded; the text of one element may come in several runs. */
  text(text: string): void;
  close(name: string): void;
}

/** Memory is bounded by this for what has no end yet, plus the chunk that came last. */
const MOST_TOKEN_CHARS = 1024 * 1024;
const MOST_DEPTH = 100;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;

export class XmlReader {
  readonly #events: XmlEvents;
  readonly #errorOf: (why: string) => Error;
  #decoder: StringDecoder | null = null;
  /** What has come and could not be told yet. */
  #rest = '';
  readonly #open: string[] = [];
  #hasRoot = false;
  /** The depth below which nothing is told; 0 tells everything. */
  #skipsBelow = 0;

  /** @param errorOf what is thrown, with why it is no XML that can be taken */
  constructor(events: XmlEvents, errorOf: (why: string) => Error) {
    this.#events = events;
    this.#errorOf = errorOf;
  }

  /** @throws `errorOf` as soon as it cannot be XML */
  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#decoder ??= new StringDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf16le' : 'utf8');
    const text = this.#decoder.write(bytes);
    this.#read(this.#rest === '' ? text : this.#rest + text);
    if (this.#rest.length > MOST_TOKEN_CHARS) throw this.#errorOf('a tag or text of more than a million characters');
  }

  /** @throws `errorOf` when the document is not complete */
  end(): void {
    this.#rest += this.#decoder?.end() ?? '';
    if (!this.#hasRoot || this.#open.length > 0) throw this.#errorOf('it ends too early');
    if (this.#rest.trim() !== '') throw this.#errorOf('something follows its end');
  }

  #read(s: string): void {
    /** The next comment or the like; not looked for yet. */
    let aside: number | null = null;
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
        const passedOver = this.#opened(s.slice(start + 1, end));
        if (passedOver !== null) {
          if (aside === null || (aside >= 0 && aside <= end)) aside = nextAside(s, end + 1);
          const past = pastElement(s, end + 1, passedOver, aside);
          if (past < 0) this.#skipsBelow = this.#open.length;
          else {
            this.#open.pop();
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
      if (raw.trim() !== '' && raw !== '\ufeff') throw this.#errorOf('text where an element should be');
    } else if (this.#skipsBelow === 0) this.#events.text(raw.includes('&') ? this.#decoded(raw) : raw);
  }

  #decoded(raw: string): string {
    const text = decodeEntities(raw);
    if (text === undefined) throw this.#errorOf('a reference in its text stands for nothing');
    return text;
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
      throw this.#errorOf('a document type, or markup that nobody writes here');
    }
    const end = s.indexOf(close, start + begin.length);
    if (end < 0) return -1;
    if (begin === '<![CDATA[') {
      if (this.#open.length === 0) throw this.#errorOf('text where an element should be');
      if (this.#skipsBelow === 0) this.#events.text(s.slice(start + begin.length, end));
    }
    return end + close.length - 1;
  }

  /** @returns the full name of an element whose content is to be passed over; null where none is, or it has none */
  #opened(source: string): string | null {
    if (this.#open.length === 0 && this.#hasRoot) throw this.#errorOf('a second document follows');
    if (this.#open.length >= MOST_DEPTH) throw this.#errorOf('its elements are nested too deeply');
    const isEmpty = source.charCodeAt(source.length - 1) === SLASH;
    const qname = nameIn(source, isEmpty);
    if (qname === '') throw this.#errorOf(`<${source.slice(0, 40)}> is no tag`);
    this.#hasRoot = true;
    if (!isEmpty) this.#open.push(qname);
    if (this.#skipsBelow > 0) return null;
    const name = localName(qname);
    if (!this.#events.open(name, source)) return isEmpty ? null : qname;
    if (isEmpty) this.#events.close(name);
    return null;
  }

  #close(written: string): void {
    const expected = this.#open.at(-1);
    if (expected === undefined || (written !== expected && written.trimEnd() !== expected))
      throw this.#errorOf(`</${written.slice(0, 40)}> closes what is not open`);
    if (this.#skipsBelow === 0) this.#events.close(localName(expected));
    else if (this.#skipsBelow === this.#open.length) this.#skipsBelow = 0;
    this.#open.pop();
  }
}

/** Where the tag's `>` is, which may stand in a quoted value too; -1 where it has not come yet. */
function endOfTag(s: string, from: number): number {
  let end = s.indexOf('>', from);
  for (let at = from; end >= 0;) {
    const quote = firstQuote(s, at, end);
    if (quote < 0) return end;
    const close = s.indexOf(s.charAt(quote), quote + 1);
    if (close < 0) return -1;
    at = close + 1;
    if (at > end) end = s.indexOf('>', at);
  }
  return end;
}

function firstQuote(s: string, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const code = s.charCodeAt(at);
    if (code === 0x22 || code === 0x27) return at;
  }
  return -1;
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
  if (s.lastIndexOf(`<${qname}`, end) >= from) return -1; // one within the other, perhaps
  if (aside >= 0 && aside < end) return -1; // the closing tag may stand in a comment
  return end + closing.length;
}

function nameIn(source: string, isEmpty: boolean): string {
  const most = isEmpty ? source.length - 1 : source.length;
  let end = 0;
  while (end < most && source.charCodeAt(end) > 0x20) end += 1;
  return source.slice(0, end);
}

export function localName(qname: string): string {
  const colon = qname.indexOf(':');
  return colon < 0 ? qname : qname.slice(colon + 1);
}
