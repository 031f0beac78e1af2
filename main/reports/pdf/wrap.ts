/** Breaks texts into lines that fit: between words, and within a word that is longer than a line. */
import { widthOf, writable, type Font } from './font.ts';

export function wrapped(text: string, font: Font, size: number, width: number): string[] {
  return text
    .trimEnd()
    .split(/\r?\n/)
    .flatMap((paragraph) => wrappedParagraph(writable(paragraph), font, size, width));
}

function wrappedParagraph(text: string, font: Font, size: number, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => piecesOf(one, font, size, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || widthOf(longer, font, size) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

/** A word in parts of which each fits into a line. */
function piecesOf(word: string, font: Font, size: number, width: number): string[] {
  if (widthOf(word, font, size) <= width) return [word];
  const pieces: string[] = [];
  let piece = '';
  for (const letter of word) {
    if (piece !== '' && widthOf(piece + letter, font, size) > width) {
      pieces.push(piece);
      piece = '';
    }
    piece += letter;
  }
  return [...pieces, piece];
}
