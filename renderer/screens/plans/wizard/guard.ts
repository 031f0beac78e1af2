/** What ports may do besides: be without port security, or send from more addresses than their own. */
import { z } from 'zod';
import type { CloudFacts, CloudNetwork } from '../../../../main/shared/cloud.ts';
import type { NetworkChoice } from '../../../../main/shared/migration.ts';
import { t } from '../../../texts/t.ts';

export type Guard = Pick<NetworkChoice, 'portSecurity' | 'addressPairs'>;

export const guardOf = ({ portSecurity, addressPairs = [] }: Guard): Guard => ({
  ...(portSecurity === undefined ? {} : { portSecurity }),
  ...(addressPairs.length === 0 ? {} : { addressPairs }),
});

/** What was said before stays. */
export const withMoreOf = (before: Guard, more: Guard): Guard =>
  guardOf({
    portSecurity: more.portSecurity ?? before.portSecurity,
    addressPairs: [...new Set([...(before.addressPairs ?? []), ...(more.addressPairs ?? [])])],
  });

export const isGuardSaid = (guard: Guard | null): boolean => guard !== null && Object.keys(guardOf(guard)).length > 0;

const Pair = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

/** Of what is typed. */
export const pairsIn = (text: string): string[] => text.split(/[\s,;]+/).filter((part) => part !== '');

/** Those that are neither an address nor a range. */
export const badPairs = ({ addressPairs = [] }: Guard): string[] =>
  addressPairs.filter((pair) => !Pair.safeParse(pair).success);

export interface MayNot {
  /** Why it cannot be, whoever asks. */
  readonly portSecurity: string | null;
  readonly addressPairs: string | null;
  /** Why the cloud may refuse it. */
  readonly doubt: string | null;
}

/** What stands against it in this cloud, and on this network. */
export function mayNot(
  { networkExtensions }: Pick<CloudFacts, 'networkExtensions'>,
  { name, hasPortSecurity, isOwn, isShared }: CloudNetwork,
): MayNot {
  const lacks = (extension: string): boolean => networkExtensions?.includes(extension) === false;
  const isOff = hasPortSecurity === false ? t('wizard.guard.offByNetwork', { name }) : null;
  return {
    portSecurity: isOff ?? (lacks('port-security') ? t('wizard.guard.noPortSecurity') : null),
    addressPairs: isOff ?? (lacks('allowed-address-pairs') ? t('wizard.guard.noPairs') : null),
    doubt:
      isOwn === false
        ? t('wizard.guard.ofOthers', { name })
        : isOwn === undefined && isShared
          ? t('wizard.guard.ownerUnknown', { name })
          : null,
  };
}
