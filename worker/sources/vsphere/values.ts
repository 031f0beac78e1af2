/** The values of vim25 as they go through SOAP: references, types by name, lists. */
import { z } from 'zod';

/** A managed object: its type and its moref. The id is opaque and may hold any character; escape it in XML. */
export interface ManagedRef {
  readonly type: string;
  readonly id: string;
}

export const ManagedRefValue = z.object({ type: z.string(), id: z.string().min(1) }).readonly();

/** A list as SOAP tells it: absent when empty, bare when it has one element. */
export const listOf = <T extends z.ZodType>(element: T) =>
  z.preprocess(
    (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]),
    z.array(element),
  );

const NUMBERS = new Set(['byte', 'short', 'int', 'long', 'float', 'double', 'unsignedInt', 'unsignedLong', 'integer']);

/**
 * What the soap library makes of an answer, in plain words: a reference becomes a `ManagedRef`, `ArrayOf…` an array,
 * what says `xsd:int` or `xsd:boolean` a number or a boolean, and an object keeps the type that it says as `$type`.
 * Text whose type only vSphere's own schema knows stays text; what is empty is null.
 */
export function fromSoap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromSoap);
  if (typeof value !== 'object' || value === null) return value;
  const { attributes, $value, ...children } = value as Record<string, unknown>; // the library makes plain objects
  const { type, $type } = namesIn(attributes);
  if (type !== undefined) return { type, id: typeof $value === 'string' ? $value : '' };
  if ($type?.startsWith('ArrayOf')) return Object.values(children).flat().map(fromSoap);
  if (Object.keys(children).length === 0 && ($value !== undefined || $type === 'string')) return scalar($type, $value);
  const plain = Object.fromEntries(Object.entries(children).map(([name, child]) => [name, fromSoap(child)]));
  return $type === undefined ? plain : { $type, ...plain };
}

/** The other way round, for arguments: references and `$type` become attributes. */
export function toSoap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSoap);
  if (typeof value !== 'object' || value === null) return value;
  if (isRef(value)) return { attributes: { type: value.type }, $value: value.id };
  const { $type, ...children } = value as Record<string, unknown>; // plain objects are all that callers pass
  const plain = Object.fromEntries(Object.entries(children).map(([name, child]) => [name, toSoap(child)]));
  return $type === undefined ? plain : { attributes: { 'xsi:type': $type }, ...plain };
}

/** Text for between tags and in attributes. */
export const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0) ?? 0};`);

/** A reference as an element. */
export const refXml = (name: string, { type, id }: ManagedRef): string =>
  `<${name} type="${escapeXml(type)}">${escapeXml(id)}</${name}>`;

function isRef(value: object): value is ManagedRef {
  const { type, id, ...rest } = value as Record<string, unknown>;
  return typeof type === 'string' && typeof id === 'string' && Object.keys(rest).length === 0;
}

/** `type` is that of a reference; `$type` the schema's, whatever prefix the server gives that attribute. */
function namesIn(attributes: unknown): { readonly type?: string; readonly $type?: string } {
  const names: { type?: string; $type?: string } = {};
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value !== 'string') continue;
    if (name === 'type') names.type = value;
    else if (name.endsWith(':type')) names.$type = value.slice(value.indexOf(':') + 1);
  }
  // A value that is declared as a reference says both: `xsi:type="ManagedObjectReference" type="Task"`.
  return names;
}

function scalar($type: string | undefined, text: unknown): unknown {
  if (typeof text !== 'string') return '';
  if ($type === 'boolean') return text === 'true' || text === '1';
  return $type !== undefined && NUMBERS.has($type) ? Number(text) : text;
}
