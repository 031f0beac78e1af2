/** NEW-18: hardware that no host of the cloud says it can give. */
import type { Flavor } from '../../../main/shared/cloud.ts';
import { profileFor } from '../../../main/shared/proposals/profile.ts';
import { imageProperties } from '../../plan/image-properties.ts';
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';

interface Need {
  readonly what: string;
  readonly trait: string;
  /** Hosts of older clouds say nothing of its kind: only where one says something is its absence news. */
  readonly family?: string;
}

export const hostsOfCloud: Rule<MoveFacts> = {
  id: 'NEW-18',
  group: 'hardware',
  severity: 'warns',
  isBeside: (facts) =>
    facts.cloud.hostTraits === undefined && conflictsOf(facts).length === 0
      ? 'only administrators are shown what the cloud’s hosts can do'
      : null,
  finds: (facts) => [...conflictsOf(facts), ...lacksOf(facts)],
  says: 'The cloud will probably not start the server: no host says that it has what the server asks for, or the flavor forbids it.',
  remedy:
    'Ask whoever runs the cloud for hosts that have it, choose another flavor (--flavor) or other hardware (--profile).',
  manual:
    'A server asks for Secure Boot where the machine has it, for buses of disks and models of network cards by its profile, and for what its flavor wants besides (`hw:tpm_version`, `trait:NAME=required`). Nova finds no host where none has it. Placement tells administrators what hosts can do; of others only a flavor that forbids Secure Boot is found. Whether hosts have UEFI firmware and the machine type q35, Nova tells nobody: hosts that can do Secure Boot have both.',
};

function lacksOf(facts: MoveFacts): string[] {
  const { hostTraits } = facts.cloud;
  if (hostTraits === undefined) return [];
  const has = new Set(hostTraits);
  return needsOf(facts)
    .filter(({ family }) => family === undefined || hostTraits.some((trait) => trait.startsWith(family)))
    .filter(({ trait }) => !has.has(trait))
    .map(({ what, trait }) => `${what}: no host has ${trait}`);
}

function needsOf(facts: MoveFacts): Need[] {
  const properties = propertiesOf(facts);
  const flavor = flavorOf(facts);
  const buses = new Set([properties['hw_disk_bus'], ...facts.disks.flatMap(({ bus }) => bus ?? [])]);
  const specs = Object.entries(flavor?.extraSpecs ?? {});
  const ofFlavor = (spec: string): string => `flavor “${flavor?.name ?? ''}” (${spec})`;
  return [
    ...(properties['os_secure_boot'] === 'required' ? [{ what: 'Secure Boot', trait: SECURE_BOOT }] : []),
    ...[...buses].flatMap((bus) => inFamily(`disks on ${bus}`, 'COMPUTE_STORAGE_BUS_', bus)),
    ...inFamily(`network cards ${properties['hw_vif_model']}`, 'COMPUTE_NET_VIF_MODEL_', properties['hw_vif_model']),
    ...specs.flatMap(([key, value]): Need[] => {
      const what = ofFlavor(`${key}=${value}`);
      if (key === 'hw:tpm_version') return [{ what, trait: `COMPUTE_SECURITY_TPM_${value.replace('.', '_')}` }];
      const wanted = value === 'required' ? /^trait\d*:(\w+)$/.exec(key)?.[1] : undefined;
      return wanted === undefined ? [] : [{ what, trait: wanted }];
    }),
  ];
}

const SECURE_BOOT = 'COMPUTE_SECURITY_UEFI_SECURE_BOOT';

const inFamily = (what: string, family: string, value: string | undefined): Need[] =>
  value === undefined ? [] : [{ what, family, trait: `${family}${value.replaceAll('-', '_').toUpperCase()}` }];

/** Nova refuses an image and a flavor that say different things. */
function conflictsOf(facts: MoveFacts): string[] {
  const flavor = flavorOf(facts);
  const said = flavor?.extraSpecs['os:secure_boot'];
  const wanted = propertiesOf(facts)['os_secure_boot'];
  return said === undefined || wanted === undefined || said === wanted
    ? []
    : [`Secure Boot: flavor “${flavor?.name ?? ''}” says os:secure_boot=${said}`];
}

const propertiesOf = ({ vm, options }: MoveFacts): Record<string, string> =>
  imageProperties(vm, profileFor(vm, options.profile).value);

/** Undefined where it is yet to be made. */
const flavorOf = ({ cloud, flavor }: MoveFacts): Flavor | undefined =>
  flavor.found ? cloud.flavors.find(({ id }) => id === flavor.flavor.value.id) : undefined;
