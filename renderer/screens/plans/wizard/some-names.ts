/** Names of machines, as many as a sentence has room for. */
import { numberText } from '../../../texts/format.ts';

const MOST_NAMED = 5;

export function someNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` … (+${numberText(more)})` : ''}`;
}
