/**
 * What names, folders, tags and notes hinted at is hinted at without them as well: which machines belong together and which are
 * critical, so that they come into the same waves, and what rules know only by a name.
 */
import type { InventoryVm } from '../../main/shared/inventory.ts';
import {
  isApplicationCategory,
  isCritical,
  isPlainFolder,
  notedApplication,
  prefixOf,
} from '../../main/shared/proposals/applications.ts';
import { applianceHintsOf } from '../preflight/appliances.ts';
import { domainHintsOf } from '../preflight/domain-hints.ts';
import { backupWordIn } from '../preflight/rules/cbt-09-backup-product.ts';
import { hasNoName } from '../preflight/rules/vm-06-no-host-name.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/** Notes of VMware’s own packages, which everybody has. */
const NOTES: readonly (readonly [pattern: RegExp, note: string])[] = [
  [/vcenter/i, 'VMware vCenter Server'],
  [/nsx/i, 'NSX Manager'],
  [/./, 'vSphere Cluster Service VM'],
];

/** It begins like the names of others do that it shares its beginning with. */
export function nameOf({ name }: Pick<InventoryVm, 'name'>, names: Pseudonyms): string {
  const prefix = prefixOf(name);
  const own = names.of('vm', name);
  return prefix === null ? own : own.replace(/^vm/, names.application(prefix));
}

/** @param without the same machine after its names were taken */
export function withHints(vm: InventoryVm, without: InventoryVm, names: Pseudonyms): InventoryVm {
  const { name } = without;
  const { hostName } = vm.guest;
  const hinted: InventoryVm = {
    ...without,
    guest: {
      ...without.guest,
      hostName: hostName === null || hostName === '' ? hostName : hasNoName(hostName) ? 'localhost' : name,
    },
    folder: vm.folder
      .split('/')
      .map((part, at) => folderPart(part, at, vm, names))
      .join('/'),
    tags: vm.tags.map((tag) => tagOf(tag, names)),
    annotation: noteOf(vm, names),
    ...productOf(vm, without),
    snapshots: without.snapshots.map((snapshot, at) => {
      const word = backupWordIn(vm.snapshots[at]?.name ?? '');
      return word === null ? snapshot : { ...snapshot, name: `${snapshot.name} (${word})` };
    }),
  };
  if (domainHintsOf(vm).length > domainHintsOf(hinted).length) hinted.tags.push('hint:active directory');
  if (isCritical(vm) !== isCritical(hinted)) hinted.tags.push(isCritical(vm) ? 'hint:critical' : 'hint:test');
  return hinted;
}

/** A product that rules know has no owner; any other might be somebody’s own. */
function productOf(vm: InventoryVm, { traits }: InventoryVm): Pick<InventoryVm, 'traits'> {
  const product = vm.traits?.product;
  return product !== undefined && applianceHintsOf(vm).includes(product) ? { traits: { ...traits, product } } : {};
}

/** What every data centre has stays, since it says nothing; the data centre is the same as elsewhere. */
function folderPart(part: string, at: number, { datacenter }: InventoryVm, names: Pseudonyms): string {
  const own = part.trim();
  if (own === '') return part;
  if (own === datacenter || (at === 0 && datacenter !== null)) return names.of('datacenter', datacenter);
  return isPlainFolder(own) ? own.toLowerCase() : names.application(own);
}

/** Of a category for applications that stays. */
function tagOf(tag: string, names: Pseudonyms): string {
  const at = tag.indexOf(':');
  if (at < 0) return names.of('tag', tag);
  const [category, name] = [tag.slice(0, at).trim(), tag.slice(at + 1).trim()];
  return isApplicationCategory(category) && name !== ''
    ? `${category}:${names.application(name)}`
    : `${names.of('category', category)}:${names.of('tag', name)}`;
}

function noteOf(vm: InventoryVm, names: Pseudonyms): string {
  const isOfMaker = applianceHintsOf(vm).length > applianceHintsOf({ ...vm, annotation: '' }).length;
  const maker = isOfMaker
    ? NOTES.find(([pattern]) => pattern.test(vm.annotation.split('\n')[0] ?? ''))?.[1]
    : undefined;
  const application = notedApplication(vm.annotation);
  return [
    ...(maker === undefined ? [] : [maker]),
    ...(application === null ? [] : [`App: ${names.application(application)}`]),
  ].join('\n');
}
