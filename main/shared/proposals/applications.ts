/** Guesses which machines belong together, and which are critical, by what people wrote on them: tags, notes, folders, names. */

export interface Hinted {
  readonly name: string;
  /** With slashes, from the data centre down; empty where nobody says. */
  readonly folder: string;
  /** Left out or null where nobody says; a folder of that name is no hint. */
  readonly datacenter?: string | null;
  /** `Category:Name`. */
  readonly tags: readonly string[];
  readonly annotation: string;
}

/** What can tell an application; each goes before the next. */
export const hints = ['tag', 'note', 'folder', 'prefix'] as const;
export type Hint = (typeof hints)[number];

/** Categories of tags, and words in notes, behind which the name of an application stands. */
const CATEGORY = /^(app|application|anwendung|service|system|project|projekt|product|business ?service|workload)s?$/i;
const NOTE =
  /(?:^|[\n;,|])\s*(?:app|application|anwendung|service|system|project|projekt|workload)\s*[:=]\s*([^\n;,|]{1,60})/i;
/** Folders that every data centre has, and that say nothing of what belongs together. */
const PLAIN_FOLDER =
  /^(vm|vms|virtual machines|prod|production|produktion|test|tests|dev|development|stage|staging|qa|lab|datacenters?|discovered virtual machine|templates?|vorlagen|new folder( \(\d+\))?|misc|other|linux|windows|servers?)$/i;
/** Names that begin like this are of the same application where several do. */
const PREFIX = /^([a-z]{3,})(?=[-_.\d])/i;
/** Roles, stages and systems, which machines of many applications have. */
const PLAIN_PREFIX =
  /^(vm|srv|server|win|lin|linux|windows|ubuntu|deb|debian|rhel|redhat|centos|rocky|alma|oracle|oel|sles|suse|opensuse|fedora|bsd|freebsd|solaris|esx|esxi|prod|prd|test|tst|dev|stage)$/i;
/** `w19-fs` of `W19-FS01`, `prod-till` of `prod-till-2`: what is counted, behind a beginning that says nothing. */
const COUNTED = /^([a-z]+\d*[-_.](?=.*[a-z]{2}).*?)[-_.]?\d+$/i;
/** More machines than this share no application, only a habit of naming them. */
const MOST_OF_PREFIX = 50;

const CRITICAL =
  /(^|[^a-z])(prod|prd|production|produktion|critical|kritisch|tier[ -]?[01]|gold|dc|adc|domain[ -]?controller|sql|ora(cle)?|sap|exchange|vcenter|erp)($|[^a-z])/i;
const HARMLESS =
  /(^|[^a-z])(test|tst|dev|devel|lab|demo|sandbox|poc|qa|int|non[ -]?prod|nonprod|stag(e|ing))($|[^a-z])/i;

/** The name of a machine's application, by the first of these that tells it; null where none does. */
export function applicationOf(
  machines: readonly Hinted[],
  by: readonly Hint[] = hints,
): (machine: Hinted) => string | null {
  const prefixes = new Map<string, number>();
  for (const { name } of machines) {
    const prefix = prefixOf(name);
    if (prefix !== null) prefixes.set(prefix, (prefixes.get(prefix) ?? 0) + 1);
  }
  return ({ name, tags, annotation, ...place }) => {
    const prefix = prefixOf(name);
    const shared = prefix === null ? 0 : (prefixes.get(prefix) ?? 0);
    const told: Readonly<Record<Hint, () => string | null>> = {
      tag: () => tagged(tags),
      note: () => notedApplication(annotation),
      folder: () => foldered(place),
      prefix: () => (shared > 1 && shared <= MOST_OF_PREFIX ? prefix : null),
    };
    return by.reduce<string | null>((name, hint) => name ?? told[hint](), null);
  };
}

/** What is for tests alone is not, whatever else it is called. */
export function isCritical({ name, tags, ...place }: Hinted): boolean {
  const texts = [name, ...foldersOf(place), ...tags];
  return texts.some((text) => CRITICAL.test(text)) && !texts.some((text) => HARMLESS.test(text));
}

function tagged(tags: readonly string[]): string | null {
  for (const tag of tags) {
    const at = tag.indexOf(':');
    const name = tag.slice(at + 1).trim();
    if (at > 0 && name !== '' && isApplicationCategory(tag.slice(0, at).trim())) return name;
  }
  return null;
}

/** What a line such as `App: Shop` in its notes says. */
export const notedApplication = (annotation: string): string | null => NOTE.exec(annotation)?.[1]?.trim() ?? null;

/** Whether tags of such a category name applications. */
export const isApplicationCategory = (category: string): boolean => CATEGORY.test(category);

/** Whether a folder of that name says nothing of what belongs together. */
export const isPlainFolder = (name: string): boolean => PLAIN_FOLDER.test(name);

type Place = Pick<Hinted, 'folder' | 'datacenter'>;

/** The innermost that says something. */
const foldered = (place: Place): string | null =>
  foldersOf(place)
    .reverse()
    .find((part) => part !== '' && !isPlainFolder(part)) ?? null;

/** Without the first, which is the data centre or the root of all of them, and without the data centre further down. */
const foldersOf = ({ folder, datacenter = null }: Place): string[] =>
  folder
    .split('/')
    .slice(1)
    .map((part) => part.trim())
    .filter((part) => part !== datacenter);

/** How names of one application begin: their first word, else all but the number at their end; null where that means nothing. */
export function prefixOf(name: string): string | null {
  const prefix = PREFIX.exec(name)?.[1]?.toLowerCase() ?? null;
  if (prefix !== null && !PLAIN_PREFIX.test(prefix)) return prefix;
  return COUNTED.exec(name)?.[1]?.toLowerCase() ?? null;
}
