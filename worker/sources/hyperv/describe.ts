/** A machine as it is now, with a look into its disks' files, so that what cannot be read is known before anything is stopped. */
import type { InventoryDisk, InventorySurroundings, InventoryVm } from '../../../main/shared/inventory.ts';
import { GutsError } from '../../../main/shared/errors.ts';
import type { DiskAnswer } from './answers.ts';
import { openDisk } from './disks/chain.ts';
import type { HostFiles } from './disks/files.ts';
import type { FoundMachine, HypervHosts } from './hosts.ts';
import { keyOf, machineOf } from './inventory/machine.ts';
import { networkFrom } from './inventory/networks.ts';
import { pageOf } from './inventory/page.ts';
import { isInUse } from './refusals.ts';

/** A machine with what its host told along with it. */
export interface DescribedMachine {
  readonly vm: InventoryVm;
  readonly surroundings: InventorySurroundings;
}

/** @throws MachineMissingError */
export async function describeMachine(
  hosts: HypervHosts,
  files: HostFiles,
  ref: string,
  signal: AbortSignal,
): Promise<DescribedMachine> {
  const found = await hosts.find(ref, signal);
  const { host, cluster } = found.answer;
  const vm = machineOf(found.machine, { host: host.fqdn || host.name, cluster: cluster?.name ?? null });
  const disks = await Promise.all(
    vm.disks.map(async (disk): Promise<InventoryDisk> => {
      const answer = found.machine.disks.find((one) => keyOf(one) === disk.key);
      const isRead =
        answer !== undefined && answer.files.length > 0 && disk.problem === undefined && !disk.isMultiWriter;
      const problem = isRead ? await problemOf(answer, found, files, signal) : null;
      return problem === null ? disk : { ...disk, problem };
    }),
  );
  return { vm: { ...vm, disks }, surroundings: surroundingsOf(vm, found) };
}

/** @throws MachineMissingError */
export async function findSurroundings(
  hosts: HypervHosts,
  vm: InventoryVm,
  signal: AbortSignal,
): Promise<InventorySurroundings> {
  return surroundingsOf(vm, await hosts.find(vm.ref, signal));
}

function surroundingsOf({ nics, disks }: InventoryVm, { answer }: FoundMachine): InventorySurroundings {
  const { datastores, hosts } = pageOf(answer);
  return {
    networks: [...new Set(nics.flatMap(({ network }) => network ?? []))].map(networkFrom),
    datastores: datastores.filter(({ ref }) => disks.some(({ datastore }) => datastore === ref)),
    host: hosts[0] ?? null,
  };
}

/** Opens the files as they will be opened for the copy: headers, tables, and whether each parent is the right one. */
async function problemOf(
  { files: chain }: DiskAnswer,
  { session }: FoundMachine,
  files: HostFiles,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const open = async (path: string, stop: AbortSignal) => await files.open(session.host, path, stop);
    await using _image = await openDisk(chain[0]?.path ?? '', chain, open, signal);
    return null;
  } catch (error) {
    if (signal.aborted || !(error instanceof GutsError)) throw error;
    if (isInUse(error)) return null;
    return `${error.message} ${error.remedy}`;
  }
}
