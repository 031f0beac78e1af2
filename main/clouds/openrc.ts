/** Reads an openrc file without running it: only lines that export a value that stands there. */
import { type CloudAccess, accessOf } from './access.ts';
import { DamagedCloudsFileError, UnreadableFileError, UnsupportedCloudError } from './errors.ts';
import { textOf } from './file.ts';

const PREFIX = 'OS_';
/** The dashboard's files ask for these on the terminal. */
const ASKED = new Set(['password', 'token', 'application_credential_secret']);

/**
 * How to sign in as the file says.
 * @throws UnreadableFileError, DamagedCloudsFileError, and what `accessOf` throws
 */
export async function cloudOfOpenrc(file: string, cwd: string = process.cwd()): Promise<CloudAccess> {
  const text = await textOf(file);
  if (text === null) throw new UnreadableFileError(`${file} is not there.`);
  return cloudInOpenrc(file, text, cwd);
}

/**
 * The same of its text.
 * @param file for messages
 * @throws DamagedCloudsFileError, and what `accessOf` throws
 */
export function cloudInOpenrc(file: string, text: string, cwd: string | null): CloudAccess {
  const settings = new Map<string, string>();
  for (const [name, { value, line }] of exportsIn(file, text)) {
    if (!name.startsWith(PREFIX)) continue;
    const setting = name.slice(PREFIX.length).toLowerCase();
    if (value !== null) settings.set(setting, value);
    else if (!ASKED.has(setting))
      throw new DamagedCloudsFileError(
        `${file}, line ${line}: ${name} is worked out by the shell; Guts runs no shell.`,
      );
  }
  const cloud = settings.get('cloud');
  if (cloud !== undefined && !settings.has('auth_url'))
    throw new UnsupportedCloudError(
      `${file} only names the cloud “${cloud}” of clouds.yaml.`,
      `Take that cloud of clouds.yaml (--cloud ${cloud}).`,
    );
  return accessOf(file, settings, cwd);
}

interface Exported {
  /** Null where it takes a shell to know it. */
  readonly value: string | null;
  readonly line: number;
}

/** The last value of every exported name. */
function exportsIn(file: string, text: string): Map<string, Exported> {
  const found = new Map<string, Exported>();
  for (const [index, source] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    let rest = /^\s*export\s+(?=[A-Za-z_]\w*=)(.*)$/.exec(source)?.[1] ?? '';
    while (rest !== '') {
      const [whole, name = ''] = /^([A-Za-z_]\w*)=/.exec(rest) ?? [];
      if (whole === undefined) break; // a comment, or the next command
      const word = wordAt(rest, whole.length, found);
      if (word === null)
        throw new DamagedCloudsFileError(`${file}, line ${line}: the quotes around ${name} do not end.`);
      found.set(name, { value: word.value, line });
      rest = rest.slice(word.end).trimStart();
    }
  }
  return found;
}

/** One word of a shell; null where its quotes do not end in this line. */
function wordAt(
  source: string,
  start: number,
  known: ReadonlyMap<string, Exported>,
): { readonly value: string | null; readonly end: number } | null {
  let value: string | null = '';
  const add = (text: string | null): void => {
    value = value === null || text === null ? null : value + text;
  };
  let quote: '"' | "'" | null = null;
  let at = start;
  for (; at < source.length; at++) {
    const char = source.charAt(at);
    if (quote === null && /[\s;&|#]/.test(char) && !(char === '#' && at > start)) break;
    if (char === quote) quote = null;
    else if (quote === null && (char === '"' || char === "'")) quote = char;
    else if (char === '\\' && quote !== "'") {
      at++;
      const escaped = source.charAt(at);
      add(quote === '"' && !/["\\$`]/.test(escaped) ? `\\${escaped}` : escaped);
    } else if (char === '$' && quote !== "'") {
      const variable = /^\$(?:\{(\w+)\}|([A-Za-z_]\w*))/.exec(source.slice(at));
      if (variable === null && /^\$($|[\s"'])/.test(source.slice(at))) add('$');
      else add(known.get(variable?.[1] ?? variable?.[2] ?? '')?.value ?? null);
      at += (variable?.[0].length ?? 1) - 1;
    } else if (char === '`' && quote !== "'") add(null);
    else add(char);
  }
  return quote === null ? { value, end: at } : null;
}
