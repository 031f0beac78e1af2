/** Why rules of the local route cannot be held. */

export const NO_MACHINE = 'a disk image tells nothing of a machine';
export const NO_PACKAGE = 'there is no package that would have a manifest';
export const SPACE_UNKNOWN = 'the file system does not say how much space is free';
