/** How rules name what they find. */
import type { CloudFacts } from '../../main/shared/cloud.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';

export const disksWhere = (vm: InventoryVm, matches: (disk: InventoryVm['disks'][number]) => boolean): string[] =>
  vm.disks.filter(matches).map(({ label }) => label);

export const missing = (wish: string | null, isThere: boolean): string[] =>
  wish === null || isThere ? [] : [`“${wish}”`];

/** The same where the names that there are can be told. */
export const missingAmong = (wishes: readonly (string | null)[], names: readonly string[]): string[] =>
  wishes.flatMap((wish) =>
    wish === null || names.includes(wish)
      ? []
      : [
          `“${wish}”; ${names.length === 0 ? 'there is none' : `there is ${names.map((name) => `“${name}”`).join(', ')}`}`,
        ],
  );

/** Texts of a source may have lines of their own. */
export const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
/** Which port of the cloud it is, where the cloud tells its name. */
export const byText = ({ name = '', id }: CloudFacts['ports'][number]): string =>
  name === '' ? '' : `, by the port “${name}” (${id})`;
