/** What lets a Windows Server look like a domain controller from outside: never more than a guess. */
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { systemOf } from './guest-system.ts';

/** `DC01`, `pdc`, `rodc2`, `ad1`, `berdc01` as a part of a name. */
const PART = /^(?:(?:p|b|ro|ad)?dc\d{0,3}|ad(?:ds)?\d{0,3}|[a-z]{2,4}dc\d{1,3})$/i;
const WORDS = /domain ?controller|active ?directory/i;

export function domainHintsOf(vm: InventoryVm): string[] {
  if (!systemOf(vm).isServer) return [];
  const hostName = vm.guest.hostName?.split('.')[0] ?? '';
  const isPart = (name: string): boolean => name.split(/[-_. ]+/).some((part) => PART.test(part)) || WORDS.test(name);
  return [
    ...(isPart(vm.name) ? [`its name is “${vm.name}”`] : []),
    ...(hostName.toLowerCase() !== vm.name.toLowerCase() && isPart(hostName) ? [`its host name is “${hostName}”`] : []),
    ...vm.tags.filter((tag) => WORDS.test(tag)).map((tag) => `it is tagged “${tag}”`),
  ];
}
