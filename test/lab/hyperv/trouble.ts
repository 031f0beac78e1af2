/** What cmdlets of the simulated host say when they fail, each with the id that is the same in every language. */

export class Trouble extends Error {
  readonly id: string;

  constructor(message: string, id: string) {
    super(message);
    this.id = id;
  }

  get told(): { readonly message: string; readonly id: string } {
    return { message: this.message, id: this.id };
  }
}

const of = (cmdlet: string, kind: string): string => `${kind},Microsoft.HyperV.PowerShell.Commands.${cmdlet}`;

export const troubles = {
  noMachine: (id: string) =>
    new Trouble(`Hyper-V was unable to find a virtual machine with id "${id}".`, of('GetVM', 'InvalidParameter')),
  wrongState: (name: string, cmdlet: string) =>
    new Trouble(
      `'${name}' failed to change state. The operation cannot be performed while the virtual machine is in its current state. (0x80048011)`,
      of(cmdlet, 'InvalidState'),
    ),
  noShutdown: (name: string) =>
    new Trouble(
      `'${name}' failed to shut down. The shutdown integration service did not respond in time. (0x800704BF)`,
      of('StopVM', 'OperationFailed'),
    ),
  noCheckpoints: (name: string) =>
    new Trouble(
      `Checkpoint operation failed. Checkpoints have been disabled for '${name}'.`,
      of('CheckpointVM', 'OperationFailed'),
    ),
  noDisk: (path: string) =>
    new Trouble(
      `Failed to get the disk information. The system failed to get information about the virtual hard disk '${path}': The system cannot find the file specified. (0x80070002)`,
      of('GetVHD', 'ObjectNotFound'),
    ),
  noFile: (path: string) =>
    new Trouble(
      `Exception calling "Open" with "4" argument(s): "Could not find file '${path}'."`,
      'FileNotFoundException',
    ),
  inUse: (path: string) =>
    new Trouble(
      `Exception calling "Open" with "4" argument(s): "The process cannot access the file '${path}' because it is being used by another process."`,
      'IOException',
    ),
};
