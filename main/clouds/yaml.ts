/** Reads YAML with every scalar as the text that stands there, so that a password 0123 stays one; tells no line's content. */
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { DamagedCloudsFileError } from './errors.ts';

/** Anchors may be used so often; more is made to eat memory. */
const MOST_ALIASES = 100;

/** @throws DamagedCloudsFileError with a line where there is one, never with what stands in it */
export function yamlOf<T>(schema: z.ZodType<T>, file: string, text: string): T {
  const lines = new LineCounter();
  const options = { schema: 'failsafe', merge: true, prettyErrors: false, lineCounter: lines } as const;
  const document = parseDocument(text, options);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const { line } = lines.linePos(problem.pos[0]);
    const words = problem.code.toLowerCase().replaceAll('_', ' ');
    throw new DamagedCloudsFileError(`${file}, line ${line} is no sound YAML (${words}).`);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch {
    throw new DamagedCloudsFileError(`${file} refers to anchors that are not there, or to too many of them.`);
  }
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const where = error.issues[0]?.path.map(String).join('.') ?? '';
  throw new DamagedCloudsFileError(`${file} has not the shape of such a file${where === '' ? '' : ` at “${where}”`}.`);
}
