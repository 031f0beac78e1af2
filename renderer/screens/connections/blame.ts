/** Brings an error to the field that it is about. */
import type { FieldValues, Path, UseFormReturn } from 'react-hook-form';
import type { ErrorInfo } from '../../../main/shared/errors.ts';

/** What is said in full beside the field alone. */
const SAID_THERE = ['connection.name-taken', 'engine.name-taken'];

/** @returns whether it is said there, and needs no card of its own */
export function blame<F extends FieldValues>(
  { setFocus, setError }: Pick<UseFormReturn<F>, 'setFocus' | 'setError'>,
  about: Readonly<Record<string, Path<F>>>,
  { code, message }: ErrorInfo,
): boolean {
  const field = about[code];
  if (field === undefined) return false;
  const isSaidThere = SAID_THERE.includes(code);
  if (isSaidThere) setError(field, { message });
  setFocus(field, { shouldSelect: true });
  return isSaidThere;
}
