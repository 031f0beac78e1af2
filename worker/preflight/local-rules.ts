/** What is checked before a migration on the local route starts, in the order in which it is told. */
import type { LocalRouteFacts } from './facts.ts';
import type { Rule } from './rule.ts';
import { noDisk } from './local/dsk-20-no-disk.ts';
import { tooManyDisks } from './local/dsk-08-too-many-disks.ts';
import { unreadableDisk } from './local/loc-01-unreadable-disk.ts';
import { missingParent } from './local/loc-02-missing-parent.ts';
import { noSize } from './local/dsk-01-no-size.ts';
import { brokenSector } from './local/loc-04-broken-sector.ts';
import { largeSectors } from './local/loc-05-large-sectors.ts';
import { oddDisk } from './local/loc-06-odd-disk.ts';
import { noSpace } from './local/dsk-22-no-space.ts';
import { scarceSpace } from './local/dsk-22a-scarce-space.ts';
import { fileInTheWay } from './local/loc-03-file-in-the-way.ts';
import { manifestDiffers } from './local/src-23-manifest-differs.ts';
import { noManifest } from './local/src-23a-no-manifest.ts';
import { cardWithoutNetwork } from './local/net-12-card-without-network.ts';
import { uefi } from './local/new-18-uefi.ts';
import { secureBoot } from './local/dev-01-secure-boot.ts';
import { unknownGuest } from './local/os-02-unknown-guest.ts';

export const localRules: readonly Rule<LocalRouteFacts>[] = [
  noDisk,
  tooManyDisks,
  unreadableDisk,
  missingParent,
  noSize,
  brokenSector,
  largeSectors,
  oddDisk,
  noSpace,
  scarceSpace,
  fileInTheWay,
  manifestDiffers,
  noManifest,
  cardWithoutNetwork,
  uefi,
  secureBoot,
  unknownGuest,
];
