/** `guts://migration/ID` from outside, such as a mail or a ticket, as a place of the window. */

/** The scheme is the window's own as well; `guts://app/…` from outside is no place. */
const migration = /^guts:\/\/migration\/(mig_[0-9a-z]{12})\/?$/;

/** The place that a link names; the overview for every link that is not exactly one of those that there are. */
export function pathOfLink(link: string): string {
  const [, id] = migration.exec(link) ?? [];
  return id === undefined ? '/' : `/migrations/${id}`;
}

/** The link among a program's arguments; null where none was given. Later ones are nobody's wish. */
export const linkIn = (words: readonly string[]): string | null =>
  words.find((word) => word.toLowerCase().startsWith('guts:')) ?? null;
