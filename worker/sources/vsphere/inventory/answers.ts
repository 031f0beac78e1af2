/** Takes the objects out of the property collector's answers, one after the other, as the bytes come. */
import { TypedReader, type TypedEvents } from './typed-reader.ts';

/** One element with what is in it; only as much of an answer as belongs to one object is ever held like this. */
export interface Value {
  readonly name: string;
  /** Its schema type, such as `VirtualDisk`; null where it has none. */
  readonly schemaType: string | null;
  /** The kind of managed object that it refers to; null where it is no reference. */
  readonly refType: string | null;
  text: string;
  children: Value[];
}

/** Properties of one managed object by their paths. */
export interface ObjectFacts {
  readonly type: string;
  readonly id: string;
  readonly properties: ReadonlyMap<string, Value>;
}

/** An object that a filter tells of; `leave` has no facts, `modify` those that changed. */
export interface ObjectChange {
  readonly kind: 'enter' | 'modify' | 'leave';
  readonly object: ObjectFacts;
}

/** What an answer is made of, in the order in which it comes. */
export type Part =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'object'; readonly object: ObjectFacts }
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'change'; readonly change: ObjectChange };

/** Devices that every machine has and no decision needs; they are most of an answer's bytes. */
const DULL_DEVICES = new Set([
  'VirtualPS2Controller',
  'VirtualPCIController',
  'VirtualSIOController',
  'VirtualKeyboard',
  'VirtualPointingDevice',
  'VirtualMachineVideoCard',
  'VirtualMachineVMCIDevice',
  'VirtualVMIROM',
  'VirtualHPET',
  'VirtualWDT',
]);
/** What port groups say of their uplinks, texts about devices, and the copies of a disk layout that snapshots keep. */
const DULL_ELEMENTS = new Set([
  'policy',
  'nicTeaming',
  'offloadPolicy',
  'uplinkTeamingPolicy',
  'uplinkPortPolicy',
  'summary',
]);

const PARTS = new Set(['token', 'objects', 'version', 'truncated', 'objectSet']);
const NOTHING: Value[] = [];

/** The parts of an answer, all those that one chunk completes at a time. Memory is bounded by the largest object. */
export async function* partsOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Part[]> {
  const collector = new Collector();
  const reader = new TypedReader(collector);
  for await (const chunk of bytes) {
    reader.write(chunk);
    const parts = collector.take();
    if (parts.length > 0) yield parts;
  }
  reader.end();
}

class Collector implements TypedEvents {
  #parts: Part[] = [];
  /** From the part down to what is open. */
  readonly #path: Value[] = [];

  open(name: string, schemaType: string | null, refType: string | null): boolean {
    const parent = this.#path.at(-1);
    if (parent === undefined) {
      if (!PARTS.has(name)) return true;
    } else if (name === 'VirtualDevice' ? isDull(schemaType) : isDullIn(parent, name)) {
      return false;
    }
    const value: Value = { name, schemaType, refType, text: '', children: NOTHING };
    if (parent !== undefined) {
      if (parent.children === NOTHING) parent.children = [value];
      else parent.children.push(value);
    }
    this.#path.push(value);
    return true;
  }

  text(text: string): void {
    const last = this.#path.at(-1);
    if (last === undefined || last.children !== NOTHING) return;
    // A slice would keep the whole chunk alive that it was cut from; V8 does not slice what is this short.
    const copy = text.length < 13 ? text : Buffer.from(text).toString();
    last.text = last.text === '' ? copy : last.text + copy;
  }

  close(): void {
    const value = this.#path.pop();
    if (value === undefined || this.#path.length > 0) return;
    const part = partOf(value);
    if (part !== null) this.#parts.push(part);
  }

  take(): Part[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }
}

function isDull(schemaType: string | null): boolean {
  return schemaType !== null && DULL_DEVICES.has(schemaType);
}

function isDullIn(parent: Value, name: string): boolean {
  if (name === 'snapshot') return parent.schemaType === 'VirtualMachineFileLayoutEx';
  if (name === 'host') return parent.schemaType === 'VMwareDVSConfigInfo'; // every host of a distributed switch
  return DULL_ELEMENTS.has(name);
}

function partOf(value: Value): Part | null {
  switch (value.name) {
    case 'token':
      return { kind: 'token', token: value.text };
    case 'version':
      return { kind: 'version', version: value.text };
    case 'truncated':
      return value.text === 'true' || value.text === '1' ? { kind: 'truncated' } : null;
    case 'objects':
      return { kind: 'object', object: factsOf(value, 'propSet') };
    default: {
      const kind = textAt(value, 'kind');
      return kind === 'enter' || kind === 'modify' || kind === 'leave'
        ? { kind: 'change', change: { kind, object: factsOf(value, 'changeSet') } }
        : null;
    }
  }
}

/** `missingSet` is passed over: what the user may not see is not there. */
function factsOf(value: Value, setName: string): ObjectFacts {
  const properties = new Map<string, Value>();
  for (const child of value.children) {
    if (child.name !== setName) continue;
    const name = textAt(child, 'name');
    const val = childOf(child, 'val');
    if (name !== null && val !== null) properties.set(name, val);
  }
  const obj = childOf(value, 'obj');
  return { type: obj?.refType ?? '', id: obj?.text ?? '', properties };
}

export function childOf(value: Value | null | undefined, name: string): Value | null {
  return value?.children.find((child) => child.name === name) ?? null;
}

/** The text of a child; null where there is none, or an empty one. */
export function textAt(value: Value | null | undefined, name: string): string | null {
  const text = childOf(value, name)?.text;
  return text === undefined || text === '' ? null : text;
}

export function textOf(value: Value | undefined): string | null {
  return value === undefined || value.text === '' ? null : value.text;
}

/** A whole number from 0; null where there is none. */
export function countOf(value: Value | null | undefined): number | null {
  if (value === null || value === undefined || value.text === '') return null;
  const number = Number(value.text);
  return Number.isSafeInteger(number) && number >= 0 ? number : null;
}

export function isTrue(value: Value | null | undefined): boolean {
  return value?.text === 'true' || value?.text === '1';
}
