/** Numbers as people type them. */

/** The decimals may stand behind a point or a comma: either is what the other language has. Null is nothing, NaN is no number. */
export function typedNumber(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  return /^[-+]?(?:\d+[.,]?\d*|[.,]\d+)$/.test(trimmed) ? Number(trimmed.replace(',', '.')) : Number.NaN;
}
