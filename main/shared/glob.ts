/** Patterns for names as shells have them: `*` is any text, `?` any letter, case does not matter. */

/** Always true without a pattern. Takes no longer than the lengths of both multiplied, whatever the pattern is. */
export function matcher(pattern: string | undefined): (text: string) => boolean {
  if (pattern === undefined) return () => true;
  const wanted = [...pattern.toLowerCase()];
  return (text) => fits([...text.toLowerCase()], wanted);
}

/** Goes back only to the last star: what the ones before it stand for can stay as it is. */
function fits(text: readonly string[], wanted: readonly string[]): boolean {
  let at = 0;
  let next = 0;
  let star: { readonly next: number; at: number } | null = null;
  while (at < text.length) {
    const letter = wanted[next];
    if (letter === '*') {
      star = { next: next + 1, at };
      next++;
    } else if (letter === '?' || letter === text[at]) {
      at++;
      next++;
    } else if (star !== null) {
      at = ++star.at;
      next = star.next;
    } else return false;
  }
  return wanted.slice(next).every((letter) => letter === '*');
}
