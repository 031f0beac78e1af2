/** Holds a condition of a site's own rule against a machine: it holds, it does not, or nobody tells. */
import { matcher } from '../../../main/shared/glob.ts';
import { untoldTagsOf } from '../../../main/shared/inventory.ts';
import type { Condition, ConditionFields } from '../../../main/shared/site-rules.ts';
import type { MachineFacts } from '../machine-facts.ts';

export interface Held {
  /** Null where it depends on something that the source does not tell. */
  readonly holds: boolean | null;
  /** The fields that it depends on, with what they are; only their names where that is not known. */
  readonly because: readonly string[];
}

type Value = readonly string[] | string | number | boolean | null;
type Field = keyof ConditionFields;

const GiB = 2 ** 30;

/** What stands in each field; null where nothing is known of it. */
const values: { readonly [K in Field]-?: (facts: MachineFacts) => Value } = {
  name: ({ vm }) => vm.name,
  folder: ({ vm }) => vm.folder,
  datacenter: ({ vm }) => vm.datacenter,
  cluster: ({ vm }) => vm.cluster,
  guestOs: ({ vm }) => known([vm.guestOsId, vm.guestOsName]),
  hostName: ({ vm }) => vm.guest.hostName,
  annotation: ({ vm }) => vm.annotation,
  tags: ({ vm }) => (untoldTagsOf(vm) === null ? vm.tags : null),
  networks: ({ vm }) => vm.nics.flatMap(({ networkName }) => networkName ?? []),
  datastores: datastoresOf,
  power: ({ vm }) => vm.power,
  firmware: ({ vm }) => vm.firmware,
  tools: ({ vm }) => vm.guest.tools,
  cpus: ({ vm }) => vm.cpus,
  memoryGiB: ({ vm }) => vm.memoryBytes / GiB,
  disks: ({ vm }) => vm.disks.length,
  largestDiskGiB: ({ vm }) => Math.max(0, ...vm.disks.map(({ sizeBytes }) => sizeBytes)) / GiB,
  allDisksGiB: ({ vm }) => vm.disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / GiB,
  cards: ({ vm }) => vm.nics.length,
  snapshots: ({ vm }) => vm.snapshots.length,
  hardwareVersion: ({ vm }) => vm.hardwareVersion,
  isTemplate: ({ vm }) => vm.isTemplate,
  secureBoot: ({ vm }) => vm.secureBoot,
  hasTpm: ({ vm }) => vm.hasTpm,
  changeTracking: ({ vm }) => vm.changeTracking,
};

/** Everything in a condition has to hold. */
export function hold(condition: Condition, facts: MachineFacts): Held {
  const { all = [], any, not, ...fields } = condition;
  const parts = Object.entries(fields).flatMap(
    ([name, wanted]) => (wanted === undefined ? [] : [holdField(name as Field, wanted, facts)]), // a condition has no others
  );
  parts.push(...all.map((one) => hold(one, facts)));
  if (any !== undefined)
    parts.push(
      joined(
        any.map((one) => hold(one, facts)),
        true,
      ),
    );
  if (not !== undefined) {
    const { holds, because } = hold(not, facts);
    parts.push({ holds: holds === null ? null : !holds, because });
  }
  return joined(parts, false);
}

/** @param decisive what one of the parts has to be for the whole to be so */
function joined(parts: readonly Held[], decisive: boolean): Held {
  const of = (wanted: boolean | null): string[] =>
    parts.filter(({ holds }) => holds === wanted).flatMap(({ because }) => because);
  if (parts.some(({ holds }) => holds === decisive)) return { holds: decisive, because: unique(of(decisive)) };
  if (parts.some(({ holds }) => holds === null)) return { holds: null, because: unique(of(null)) };
  return { holds: !decisive, because: unique(of(!decisive)) };
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

function holdField(field: Field, wanted: NonNullable<ConditionFields[Field]>, facts: MachineFacts): Held {
  const value = values[field](facts);
  if (value === null) return { holds: null, because: [field] };
  return { holds: isSo(value, wanted), because: [`${field}: ${textOf(value)}`] };
}

function isSo(value: NonNullable<Value>, wanted: NonNullable<ConditionFields[Field]>): boolean {
  if (typeof value === 'boolean') return value === wanted;
  if (typeof value === 'number') return typeof wanted === 'number' ? value === wanted : isWithin(value, wanted);
  const suits = (Array.isArray(wanted) ? wanted : [wanted]).map((pattern) => matcher(String(pattern)));
  return [value].flat().some((text) => suits.some((fits) => fits(text)));
}

function isWithin(value: number, wanted: NonNullable<ConditionFields[Field]>): boolean {
  if (typeof wanted !== 'object' || Array.isArray(wanted)) return false;
  const { above = -Infinity, below = Infinity, atLeast = -Infinity, atMost = Infinity } = wanted;
  return value > above && value < below && value >= atLeast && value <= atMost;
}

function textOf(value: NonNullable<Value>): string {
  if (typeof value === 'number') return String(Math.round(value * 100) / 100);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const texts = [value].flat().filter((text) => text !== '');
  return texts.length === 0 ? 'none' : texts.map((text) => `“${shortened(text)}”`).join(', ');
}

const MOST_LETTERS = 80;
const shortened = (text: string): string => (text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text);

function known(texts: readonly (string | null)[]): readonly string[] | null {
  const there = texts.filter((text) => text !== null);
  return there.length === 0 ? null : there;
}

/** By their names in the inventory, else as they stand before a disk’s file: `[store] web/web.vmdk`. */
function datastoresOf({ vm, datastores }: MachineFacts): readonly string[] | null {
  const names = vm.disks.flatMap(({ datastore, file }) => {
    const name = datastores.find(({ ref }) => ref === datastore)?.name ?? /^\[([^\]]+)\]/.exec(file ?? '')?.[1];
    return name ?? [];
  });
  return names.length === 0 && vm.disks.length > 0 ? null : unique(names);
}
