/** Reads vSphere's XML as it comes, and tells each element with its schema type, whatever prefix that has. */
import { StrangeAnswerError } from '../../../net/errors.ts';
import { decodeEntities } from '../../../xml/entities.ts';
import { localName, XmlReader, type XmlEvents } from '../../../xml/xml-reader.ts';

export interface TypedEvents {
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

const MOST_KNOWN_TAGS = 4096;
const SCHEMA_INSTANCE = 'http://www.w3.org/2001/XMLSchema-instance';

/** An opening tag, parsed; prefixes are resolved where it stands. */
interface Tag {
  readonly name: string;
  readonly type: string | null;
  /** Attributes with the local name `type` that have a prefix. */
  readonly prefixedTypes: readonly { readonly prefix: string; readonly value: string }[];
  readonly declares: readonly { readonly prefix: string; readonly uri: string }[];
}

export class TypedReader implements XmlEvents {
  readonly #events: TypedEvents;
  readonly #reader = new XmlReader(this, garbage);
  readonly #tags = new Map<string, Tag>();
  readonly #prefixes = new Map<string, string>();
  readonly #undo: { readonly depth: number; readonly prefix: string; readonly uri: string | undefined }[] = [];
  /** Of what is told. */
  #depth = 0;

  constructor(events: TypedEvents) {
    this.#events = events;
  }

  /** @throws StrangeAnswerError as soon as it cannot be XML that vSphere writes */
  write(bytes: Uint8Array): void {
    this.#reader.write(bytes);
  }

  /** @throws StrangeAnswerError when the document is not complete */
  end(): void {
    this.#reader.end();
  }

  open(_name: string, source: string): boolean {
    const tag = this.#tag(source);
    this.#depth += 1;
    for (const { prefix, uri } of tag.declares) this.#declare(prefix, uri);
    const isWanted = this.#events.open(tag.name, this.#xsiType(tag), tag.type);
    if (!isWanted) this.#left();
    return isWanted;
  }

  text(text: string): void {
    this.#events.text(text);
  }

  close(): void {
    this.#events.close();
    this.#left();
  }

  #tag(source: string): Tag {
    const known = this.#tags.get(source);
    if (known !== undefined) return known;
    const copy = Buffer.from(source).toString(); // what is kept must not be a slice of the answer, which would stay with it
    const tag = parseTag(copy);
    if (this.#tags.size < MOST_KNOWN_TAGS) this.#tags.set(copy, tag);
    return tag;
  }

  #xsiType(tag: Tag): string | null {
    for (const { prefix, value } of tag.prefixedTypes)
      if (this.#prefixes.get(prefix) === SCHEMA_INSTANCE) return localName(value);
    return null;
  }

  #declare(prefix: string, uri: string): void {
    const before = this.#prefixes.get(prefix);
    if (before === uri) return;
    this.#undo.push({ depth: this.#depth, prefix, uri: before });
    this.#prefixes.set(prefix, uri);
  }

  #left(): void {
    for (let last = this.#undo.at(-1); last?.depth === this.#depth; last = this.#undo.at(-1)) {
      if (last.uri === undefined) this.#prefixes.delete(last.prefix);
      else this.#prefixes.set(last.prefix, last.uri);
      this.#undo.pop();
    }
    this.#depth -= 1;
  }
}

const ATTRIBUTE = /\s+([^\s=<>"'/]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/gy;
const NAME = /^[\p{L}_:][\p{L}\p{N}_:.·-]*/u;

/** @param source between `<` and `>` */
function parseTag(source: string): Tag {
  const [qname] = NAME.exec(source) ?? [];
  if (qname === undefined) throw garbage(`<${source.slice(0, 40)}> is no tag`);
  const rest = source.slice(qname.length, source.endsWith('/') ? -1 : undefined);
  const prefixedTypes: { prefix: string; value: string }[] = [];
  const declares: { prefix: string; uri: string }[] = [];
  let type: string | null = null;
  let end = 0;
  for (const [all, name = '', double, single] of rest.matchAll(ATTRIBUTE)) {
    end += all.length;
    const value = decodeEntities(double ?? single ?? '');
    if (value === undefined) throw garbage(`a reference in <${source.slice(0, 40)}> stands for nothing`);
    if (name === 'type') type = value;
    else if (name.startsWith('xmlns:')) declares.push({ prefix: name.slice('xmlns:'.length), uri: value });
    else if (name.endsWith(':type')) prefixedTypes.push({ prefix: name.slice(0, -':type'.length), value });
  }
  if (rest.slice(end).trim() !== '') throw garbage(`<${source.slice(0, 40)}> is no tag`);
  return { name: localName(qname), type, prefixedTypes, declares };
}

function garbage(why: string): StrangeAnswerError {
  return new StrangeAnswerError(`The server’s answer cannot be read as XML: ${why}.`);
}
