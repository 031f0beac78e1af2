/** The spellings of python-gutsclient, so that who used the 2015 client need not learn new ones. */

const GROUPS = ['source', 'destination', 'resource', 'instance', 'network'];

/** `source-create` → `source create`; `migration-create` and `migration create` → `create`. */
export function respell(args: readonly string[]): string[] {
  const at = args.findIndex((arg) => !arg.startsWith('-'));
  const word = args[at];
  if (word === undefined) return [...args];
  const [group = '', ...rest] = word.split('-');
  const verb = rest.join('-');
  const words = group === 'migration' ? (verb === '' ? [] : [verb]) : [group, verb];
  const isOurs = group === 'migration' || (GROUPS.includes(group) && verb !== '');
  return isOurs ? [...args.slice(0, at), ...words, ...args.slice(at + 1)] : [...args];
}
