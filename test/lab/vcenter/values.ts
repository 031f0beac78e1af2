/** Values of vSphere's data model and how they are written in SOAP answers. */

export interface Ref {
  readonly type: string;
  readonly id: string;
}

/** A data object, its fields in the order in which they are written; undefined ones are unset. */
export class Data {
  readonly type: string;
  readonly fields: Readonly<Record<string, Value | undefined>>;
  /** The declared type is a base of this one, so the answer has to say which it is. */
  readonly isSubtype: boolean;

  constructor(type: string, fields: Readonly<Record<string, Value | undefined>>, isSubtype = false) {
    this.type = type;
    this.fields = fields;
    this.isSubtype = isSubtype;
  }
}

/** A value of an enumeration, or any other scalar whose type has a name. */
export class Named {
  readonly type: string;
  readonly text: string;

  constructor(type: string, text: string) {
    this.type = type;
    this.text = text;
  }
}

/** An array; in a data object its items repeat the field's name. */
export class List {
  /** As in `ArrayOf…`: `VirtualDevice`, `ManagedObjectReference`, `String`. */
  readonly itemType: string;
  readonly items: readonly Value[];

  constructor(itemType: string, items: readonly Value[]) {
    this.itemType = itemType;
    this.items = items;
  }
}

/** A field that may hold anything, and so says what it holds. */
export class Anything {
  readonly value: Held;

  constructor(value: Held) {
    this.value = value;
  }
}

type Held = string | number | boolean | Date | Ref | Data | Named | List;
export type Value = Held | Anything;

export const data = (type: string, fields: Data['fields']): Data => new Data(type, fields);
/** A data object where a base type is declared: devices, backings, faults. */
export const subtype = (type: string, fields: Data['fields']): Data => new Data(type, fields, true);
export const named = (type: string, text: string): Named => new Named(type, text);
export const long = (value: number): Named => new Named('xsd:long', String(value));
export const short = (value: number): Named => new Named('xsd:short', String(value));
export const list = (itemType: string, items: readonly Value[]): List => new List(itemType, items);
export const refs = (items: readonly Ref[]): List => new List('ManagedObjectReference', items);

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character).replace(/\r/g, '&#13;');
}

/** A field of a data object: type names only where they say something new. */
export function element(name: string, value: Value | undefined): string {
  if (value === undefined) return '';
  if (value instanceof Anything) return anyElement(name, value.value);
  if (value instanceof List) return value.items.map((item) => element(name, item)).join('');
  if (value instanceof Data) {
    const type = value.isSubtype ? ` xsi:type="${value.type}"` : '';
    return `<${name}${type}>${inside(value)}</${name}>`;
  }
  if (isRef(value)) return `<${name} type="${escape(value.type)}">${escape(value.id)}</${name}>`;
  return `<${name}>${escape(textOf(value))}</${name}>`;
}

/** A value where anything may stand, as in a property: always with its type. */
export function anyElement(name: string, value: Value): string {
  if (value instanceof Anything) return anyElement(name, value.value);
  if (value instanceof List) {
    const items = value.items.map((item) => element(xmlNameOf(value.itemType), item)).join('');
    return `<${name} xsi:type="ArrayOf${value.itemType}">${items}</${name}>`;
  }
  if (value instanceof Data) return `<${name} xsi:type="${value.type}">${inside(value)}</${name}>`;
  if (isRef(value)) {
    return `<${name} type="${escape(value.type)}" xsi:type="ManagedObjectReference">${escape(value.id)}</${name}>`;
  }
  return `<${name} xsi:type="${typeOf(value)}">${escape(textOf(value))}</${name}>`;
}

export function isRef(value: Value): value is Ref {
  return typeof value === 'object' && 'id' in value && 'type' in value;
}

function inside(value: Data): string {
  return Object.entries(value.fields)
    .map(([field, held]) => element(field, held))
    .join('');
}

function textOf(value: string | number | boolean | Date | Named): string {
  if (value instanceof Named) return value.text;
  return value instanceof Date ? value.toISOString() : String(value);
}

function typeOf(value: string | number | boolean | Date | Named): string {
  if (value instanceof Named) return value.type;
  if (value instanceof Date) return 'xsd:dateTime';
  if (typeof value === 'number') return Math.abs(value) < 2 ** 31 ? 'xsd:int' : 'xsd:long';
  return typeof value === 'string' ? 'xsd:string' : 'xsd:boolean';
}

/** Arrays of scalars name their items by the schema's own types. */
function xmlNameOf(itemType: string): string {
  const scalars: Readonly<Record<string, string>> = { String: 'string', Int: 'int', Long: 'long', Boolean: 'boolean' };
  return scalars[itemType] ?? itemType;
}
