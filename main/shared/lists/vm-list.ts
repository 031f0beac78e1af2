/**
 * A list of machines from elsewhere: pasted names, or a table as RVTools and others write it. What a line says of its machine,
 * and what is wished for it, by the titles of the columns.
 */
import { z } from 'zod';
import { MigrationOptions } from '../migration-options.ts';
import { cellsOf, type Line } from './separated-text.ts';

const WishField = z.enum(['wave', 'targetName', 'flavor', 'network', 'ip', 'availabilityZone']);
type WishField = z.infer<typeof WishField>;
type Field = 'name' | 'uuid' | 'ref' | 'datacenter' | 'cluster' | 'folder';
const said = z.string().nullable();

/** What a line says of a machine. */
export const Wanted = z.object({
  /** In the text or in the sheet, from 1. */
  line: z.number().int().positive(),
  /** As it is shown again: its name, or what else the line begins with. */
  said: z.string(),
  /** A word without a title: its name, its UUID or its ref. */
  word: said.default(null),
  name: said,
  uuid: said,
  ref: said,
  /** What tells apart those of the same name. */
  datacenter: said,
  cluster: said,
  folder: said,
  /** Cells of columns that are about its move, as they stand there. */
  wishes: z.partialRecord(WishField, z.string()),
  /** A cell that holds no value, in words; null where all can be read. */
  unreadable: said,
});
export type Wanted = z.infer<typeof Wanted>;

/** A list as it was read from a text or a file. */
export const MachineList = z.object({
  sheet: z.string().nullable().describe('of the workbook, whose rows the lines are; null of a text'),
  machines: z.array(Wanted),
});
export type MachineList = z.infer<typeof MachineList>;

/** Titles of columns, without blanks, case and marks. */
const TITLES: Readonly<Record<Field | WishField, readonly string[]>> = {
  name: ['vm', 'vmname', 'name', 'virtualmachine', 'virtualmachinename', 'machine', 'machinename'],
  uuid: ['vmuuid', 'instanceuuid', 'smbiosuuid', 'biosuuid', 'uuid'],
  ref: ['vmid', 'moref', 'moid', 'ref', 'objectid'],
  datacenter: ['datacenter', 'dc'],
  cluster: ['cluster'],
  folder: ['folder', 'pathinvcenter'],
  wave: ['wave', 'migrationwave'],
  targetName: ['targetname', 'newname'],
  flavor: ['flavor', 'flavour', 'targetflavor', 'targetflavour'],
  network: ['targetnetwork', 'openstacknetwork', 'cloudnetwork'],
  ip: ['targetip', 'targetaddress'],
  availabilityZone: ['availabilityzone', 'targetzone'],
};
/** Of a line that holds more than a word, in a list that does not say what that is. */
export const UNTITLED =
  'several cells, and no titles that say what they are: put titles above (“VM;Wave”), or give each machine a line of its own';
const MOST_CELLS_SHOWN = 4;
/** Lines above the titles that may say what the list is. */
const MOST_LINES_BEFORE_TITLES = 20;

export const wantedOf = (text: string): Wanted[] => wantedIn(cellsOf(text));

export function wantedIn(lines: readonly Line[]): Wanted[] {
  const head = headOf(lines);
  return head === null ? lines.flatMap(bareOf) : lines.slice(head.at + 1).flatMap((line) => rowOf(line, head) ?? []);
}

/** Of a list without titles: the one thing that a line holds. What more there is may be a wave, a place or another machine. */
function bareOf({ line, cells, errors = [] }: Line): readonly Wanted[] {
  const at = cells.findIndex((cell) => cell !== '');
  const said = cells[at];
  if (said === undefined) return [];
  const all = cells.filter((cell) => cell !== '');
  if (all.length > 1) {
    const shown = [...all.slice(0, MOST_CELLS_SHOWN), ...(all.length > MOST_CELLS_SHOWN ? ['…'] : [])];
    return [{ ...nothing, line, said: shown.join(', '), unreadable: UNTITLED }];
  }
  if (errors.includes(at)) return [{ ...nothing, line, said, unreadable: said }];
  return [{ ...nothing, line, said, word: said }];
}

function rowOf({ line, cells, errors = [] }: Line, { fields, titles }: Head): Wanted | null {
  const isRead = (at: number): boolean => !errors.includes(at);
  const isKnown = (at: number): boolean => (fields[at] ?? null) !== null;
  const cell = (field: Field | WishField): string | null =>
    cells.find((value, at) => fields[at] === field && isRead(at) && value !== '') ?? null;
  const [name, uuid, ref] = [cell('name'), cell('uuid'), cell('ref')];
  const unread = cells.findIndex((_, at) => isKnown(at) && !isRead(at));
  const said = name ?? uuid ?? ref ?? cells.find((value, at) => isKnown(at) && value !== '');
  if (said === undefined) return null;
  const wishes = Object.fromEntries(
    WishField.options.flatMap((field) => {
      const value = cell(field);
      return value === null ? [] : [[field, value]];
    }),
  );
  const [datacenter, cluster, folder] = [cell('datacenter'), cell('cluster'), cell('folder')];
  const unreadable = unread < 0 ? null : `“${titles[unread] ?? ''}” holds ${cells[unread] ?? ''}`;
  return { ...nothing, line, said, name, uuid, ref, datacenter, cluster, folder, wishes, unreadable };
}

export const nothing = {
  word: null,
  name: null,
  uuid: null,
  ref: null,
  datacenter: null,
  cluster: null,
  folder: null,
  wishes: {},
  unreadable: null,
};

export interface Head {
  /** Which of the lines it is. */
  readonly at: number;
  /** What each column holds; null where that is nothing that matters here. */
  readonly fields: readonly (Field | WishField | null)[];
  /** As they are written. */
  readonly titles: readonly string[];
}

/** The line of titles: the first, or one of the first that has two of them. Null where there is none. */
export function headOf(lines: readonly Line[]): Head | null {
  for (const [at, { cells }] of lines.slice(0, MOST_LINES_BEFORE_TITLES).entries()) {
    const fields = cells.map(fieldOf);
    const known = fields.filter((field) => field !== null);
    const isNaming = known.some((field) => field === 'name' || field === 'uuid' || field === 'ref');
    if (isNaming && (at === 0 || known.length > 1)) return { at, fields, titles: cells };
  }
  return null;
}

function fieldOf(title: string): Field | WishField | null {
  const plain = title
    .slice(0, 100)
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
  const all = Object.entries(TITLES) as [Field | WishField, readonly string[]][]; // these are its keys
  return all.find(([, titles]) => titles.includes(plain))?.[0] ?? null;
}

const Options = MigrationOptions.partial();

export type Wishes =
  | { readonly wave: number | null; readonly options: z.infer<typeof Options> }
  | { readonly says: string };

/** In the words of a plan; `says` tells what cannot be meant. */
export function wishesOf({ wishes, unreadable }: Pick<Wanted, 'wishes' | 'unreadable'>): Wishes {
  if (unreadable !== null) return { says: unreadable };
  const { wave, targetName, flavor, network, ip, availabilityZone } = wishes;
  if (wave !== undefined && !/^[1-9]\d{0,3}$/.test(wave))
    return { says: `“${wave}” is no number of a wave, which are from 1 to 9999` };
  if (ip !== undefined && network === undefined) return { says: 'a target IP needs a target network' };
  const { data, success } = Options.safeParse({
    ...(targetName === undefined ? {} : { targetName }),
    ...(flavor === undefined ? {} : { flavor }),
    ...(network === undefined ? {} : { networks: [{ from: null, to: network, ip: ip ?? 'keep' }] }),
    ...(availabilityZone === undefined ? {} : { availabilityZone }),
  });
  if (!success) return { says: `“${ip ?? ''}” is no address, and neither “keep” nor “auto”` };
  return { wave: wave === undefined ? null : Number(wave), options: data };
}
