/** Patterns for names as shells have them: `*` is any text, `?` any letter, case does not matter. */

/** Always true without a pattern. */
export function matcher(pattern: string | undefined): (text: string) => boolean {
  if (pattern === undefined) return () => true;
  const source = [...pattern]
    .map((letter) => (letter === '*' ? '[^]*' : letter === '?' ? '[^]' : letter.replace(/[\\^$.|+()[\]{}/]/, '\\$&')))
    .join('');
  const expression = new RegExp(`^${source}$`, 'iu');
  return (text) => expression.test(text);
}
