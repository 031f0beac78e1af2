/** What is wrong with a file that somebody wrote by hand: where it stands, in which field, and what to do about it. */
import { z } from 'zod';
import { GutsError } from './errors.ts';

export const FileProblem = z.object({
  /** Both from 1, as editors count. */
  line: z.number().int().positive(),
  column: z.number().int().positive(),
  /** `machines[3].wave`; empty for the file as a whole. */
  field: z.string(),
  says: z.string(),
});
export type FileProblem = z.infer<typeof FileProblem>;

/** What is told at once; a file may be wrong all through. */
export const MOST_PROBLEMS = 20;

/** `plan.yaml:14:9: machines[3].wave: has to be a whole number` */
export const problemText = (file: string, { line, column, field, says }: FileProblem): string =>
  `${file}:${line}:${column}: ${field === '' ? '' : `${field}: `}${says}`;

/** A line for each, in the order of the file. */
export function problemsText(file: string, problems: readonly FileProblem[]): string {
  const left = problems.length - MOST_PROBLEMS;
  const lines = problems.slice(0, MOST_PROBLEMS).map((one) => problemText(file, one));
  return [...lines, ...(left > 0 ? [`… and ${left} more`] : [])].join('\n');
}

/** For whoever has no error of their own for such a file. */
export class FileProblemsError extends GutsError {
  readonly code = 'file.wrong';
  readonly remedy: string;

  constructor(file: string, problems: readonly FileProblem[], remedy = 'Mend these lines and give the file again.') {
    super(`“${file}” is not as it should be:\n${problemsText(file, problems)}`);
    this.remedy = remedy;
  }
}

/** As people write the way to a field. */
export const fieldText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  );
