/** Finds a text and fills it in. */
import { en, type TextKey } from './en.ts';

/** The names between `{{` and `}}` of a text. */
type Names<T extends string> = T extends `${string}{{${infer Name}}}${infer Rest}` ? Name | Names<Rest> : never;
type Filling<K extends TextKey> = Record<Names<(typeof en)[K]>, string | number>;
type Arguments<K extends TextKey> = [Names<(typeof en)[K]>] extends [never] ? [] : [filling: Filling<K>];

/** The texts that need no filling. */
export type PlainText = { [K in TextKey]: [Names<(typeof en)[K]>] extends [never] ? K : never }[TextKey];

export function t<K extends TextKey>(key: K, ...[filling]: Arguments<K>): string {
  const values: Readonly<Record<string, string | number>> = filling ?? {};
  return en[key].replace(/\{\{(\w+)\}\}/g, (_mark, name: string) => String(values[name]));
}
