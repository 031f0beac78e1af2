/** JSON Schemas of zod's, with references where a schema has a name of its own. */
import { z } from 'zod';
import { nameOf, namedSchemas } from './named-schemas.ts';

/** A JSON Schema of draft 2020-12, as far as anybody here looks into one. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

export type Direction = 'input' | 'output';

/** What clients send may have no field that is not known, what they get has none. */
export class JsonSchemas {
  /** Those that were used, by their names. */
  readonly #used = new Map<string, JsonSchema>();
  readonly #texts = new Map<string, string>();

  of(schema: z.ZodType, direction: Direction): JsonSchema {
    return this.#made(schema, direction, undefined);
  }

  /** Everything that was referred to so far. */
  get components(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.#used].sort(([a], [b]) => a.localeCompare(b, 'en')));
  }

  /** @param own the name of the schema itself, which is written out */
  #made(schema: z.ZodType, direction: Direction, own: string | undefined): JsonSchema {
    const { $schema: _, ...made } = z.toJSONSchema(schema, {
      io: direction,
      override: ({ zodSchema, jsonSchema }) => {
        const name = nameOf(zodSchema);
        if (name !== undefined && name !== own) {
          const reference = this.#reference(name, direction);
          for (const keyword of Object.keys(jsonSchema)) delete jsonSchema[keyword];
          jsonSchema.$ref = reference;
        } else if (jsonSchema.type === 'object' && jsonSchema.properties !== undefined)
          jsonSchema.additionalProperties = false;
      },
    });
    return made as JsonSchema; // zod makes nothing else
  }

  /** One name for both directions where nothing differs. */
  #reference(name: string, direction: Direction): string {
    const schema = namedSchemas.get(name);
    if (schema === undefined) throw new Error(`there is no schema “${name}”`);
    const text = (one: Direction): string => {
      const key = `${name} ${one}`;
      const known = this.#texts.get(key);
      if (known !== undefined) return known;
      this.#texts.set(key, ''); // a schema that contains itself ends here
      const made = JSON.stringify(this.#made(schema, one, name));
      this.#texts.set(key, made);
      return made;
    };
    const own = text(direction);
    const used = direction === 'input' && own !== text('output') ? `${name}Input` : name;
    if (own !== '') this.#used.set(used, JSON.parse(own) as JsonSchema); // just written
    return `#/components/schemas/${used}`;
  }
}
