/** What keeps a field that is new in the inventory from being handed on in an estate without names before somebody has thought of it. */

/** All fields of a thing, also those that may be left out: whoever makes one has to name each of them. */
export type EachNamed<Thing> = { [Field in keyof Required<Thing>]: Thing[Field] };
