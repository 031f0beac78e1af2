/** Whether a machine is a part of the vSphere that it comes from, by its system and by what it was deployed from. */
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { named, systemOf } from './guest-system.ts';

/** Of what packages of VMware call themselves, the ones that have no use, or do not run, without vSphere. */
const PRODUCT =
  /vcenter|vsphere|\bnsx\b|vrealize|\baria\b|\bhcx\b|site recovery|sddc manager|cloud foundation|cloud director|usage meter/i;
/** The note that the package brings along; a note that somebody wrote says more than that. */
const NOTE =
  /^(?:VMware vCenter Server(?: Appliance)?|VMware NSX(?:-T)? \w+|NSX (?:Manager|Edge)|vSphere Cluster Service VM.*)$/i;

export function applianceHintsOf(vm: InventoryVm): string[] {
  const product = vm.traits?.product;
  const note = vm.annotation.split('\n')[0]?.trim() ?? '';
  return [
    ...(systemOf(vm).family === 'vmware' ? [named(vm)] : []),
    ...(product !== undefined && PRODUCT.test(product) ? [product] : []),
    ...(NOTE.test(note) ? [`its note begins “${note.slice(0, 60)}”`] : []),
  ];
}
