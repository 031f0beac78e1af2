/** What a request was about, for the audit log: ids and names only, whatever else it carries. */
import type { OperationName } from '../shared/operations.ts';

export type Input = Readonly<Record<string, unknown>>;

/** Fields that name things. Everything else may hold a secret, or more than a line should. */
const NAMING = [
  'id',
  'name',
  'source',
  'destination',
  'vm',
  'plan',
  'token',
  'action',
  'role',
  'kind',
  'expiresAt',
  'all',
  'remove',
  'alsoUnknown',
  'start',
  'keep',
] as const;
const MOST_LETTERS = 255;

/** @param output what was answered; undefined where nothing was */
export function aboutOf(name: OperationName, input: Input, output: unknown): Record<string, string> {
  const about: Record<string, string> = {};
  for (const field of NAMING) {
    const value = input[field];
    if (typeof value === 'string' || typeof value === 'boolean') about[field] = String(value).slice(0, MOST_LETTERS);
  }
  const made = madeId(output);
  if (made !== null) about['id'] = made;
  const { ids } = input;
  if (Array.isArray(ids)) about['ids'] = shortened(ids);
  if (name === 'settings.change') about['changed'] = shortened(Object.keys(input));
  return about;
}

const shortened = (names: readonly unknown[]): string => {
  const text = names.slice(0, 10).join(' ');
  return names.length > 10 ? `${text} and ${names.length - 10} more` : text;
};

/** The id of what was made or changed, wherever the answer has it. */
function madeId(output: unknown): string | null {
  for (const at of [output, inside(output, 'request'), inside(output, 'source'), inside(output, 'destination')]) {
    const id = inside(at, 'id');
    if (typeof id === 'string') return id;
  }
  return null;
}

function inside(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Record<string, unknown>)[name] // an object that has it
    : undefined;
}
