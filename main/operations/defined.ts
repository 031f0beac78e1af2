/** What was said of something, where not everything has to be. */

/** Without the fields that are there and undefined. */
export function definedOf<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>; // that is what the filter leaves
  };
}
