/** Anything of the simulated vCenter that has properties which a client can ask for. */
import type { Ref, Value } from './values.ts';

export interface ManagedObject {
  readonly ref: Ref;
  /** The names of its properties, for a client that wants all of them. */
  readonly names: readonly string[];
  /** A property of the first level; undefined where it is unset or unknown. */
  property(name: string): Value | undefined;
}

export function managedObject(ref: Ref, properties: Readonly<Record<string, () => Value | undefined>>): ManagedObject {
  return { ref, names: Object.keys(properties), property: (name) => properties[name]?.() };
}
