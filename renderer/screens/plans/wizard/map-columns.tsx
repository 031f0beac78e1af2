/** The columns of what each machine becomes. */
import type { CloudFacts, Flavor } from '../../../../main/shared/cloud.ts';
import { bootDiskOf, sizeGiBOf } from '../../../../main/shared/proposals/disks.ts';
import { chooseFlavor, needOf } from '../../../../main/shared/proposals/flavor.ts';
import { bringsVirtio } from '../../../../main/shared/proposals/virtio.ts';
import type { Column } from '../../../parts/table/column.ts';
import { numberText, sizeText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import type { Picked } from './effective.ts';
import { fieldLabel, type FieldName } from './field-names.ts';
import { valueText } from './field-choices.ts';
import { OwnCell } from './OwnCell.tsx';

const MiB = 2 ** 20;

type Reset = (ref: string, field: string) => void;

export function mapColumns(facts: CloudFacts, reset: Reset): readonly Column<Picked>[] {
  const own = (field: FieldName, text: (one: Picked) => string, width: number): Column<Picked> => ({
    id: field,
    title: fieldLabel(field),
    value: text,
    cell: (one) => (
      <OwnCell
        text={text(one)}
        about={`${fieldLabel(field)}, ${one.machine.name}`}
        isOwn={one.machine.options[field] !== undefined}
        onReset={() => reset(one.machine.ref, field)}
      />
    ),
    width,
  });
  return [
    { id: 'vm', title: t('plans.vm'), value: ({ machine }) => machine.name, width: 140 },
    own('flavor', (one) => flavorText(one, facts), 210),
    own('profile', profileText, 230),
    own('boot', ({ options }) => valueText('boot', options.boot, facts), 120),
    {
      id: 'networks',
      title: t('wizard.networks'),
      value: networksText,
      cell: (one) => (
        <OwnCell
          text={networksText(one)}
          about={`${t('wizard.networks')}, ${one.machine.name}`}
          isOwn={one.machine.options.networks !== undefined}
          onReset={() => reset(one.machine.ref, 'networks')}
        />
      ),
      width: 140,
    },
  ];
}

/** “m1.medium: 1 vCPU, 3.5 GiB unused”. */
export function flavorText({ vm, options }: Picked, facts: CloudFacts): string {
  if (vm === null) return options.flavor ?? '';
  const disk = bootDiskOf(vm);
  const need = needOf(vm, disk === undefined ? 0 : sizeGiBOf(disk), options.boot);
  const choice = chooseFlavor(facts, need, options);
  if (!choice.found) return t('wizard.noneFits', { name: options.flavor ?? '' });
  const { id, name } = choice.flavor.value;
  const flavor = facts.flavors.find((one) => one.id === id);
  if (flavor === undefined) return t('wizard.flavorMade', { name });
  if (choice.lacks !== undefined) return t('wizard.flavorSmall', { name });
  const waste = wasteText(flavor, need);
  return waste === '' ? t('wizard.flavorExact', { name }) : t('wizard.flavorWaste', { name, waste });
}

function wasteText(flavor: Flavor, need: { readonly vcpus: number; readonly memoryMiB: number }): string {
  const vcpus = flavor.vcpus - need.vcpus;
  const memory = flavor.memoryMiB - need.memoryMiB;
  return [
    ...(vcpus > 0 ? [t('wizard.vcpus', { count: vcpus, number: numberText(vcpus) })] : []),
    ...(memory > 0 ? [sizeText(memory * MiB)] : []),
  ].join(', ');
}

/** With why, where it was not chosen. */
export function profileText({ vm, options }: Picked): string {
  if (options.profile !== 'auto') return t(`wizard.profile.${options.profile}`);
  if (vm === null) return t('wizard.profileAuto');
  const guest = bringsVirtio(vm);
  if (guest !== null) return t('wizard.virtioBecause', { guest });
  return t('wizard.compatibleBecause', { guest: vm.guestOsName ?? vm.guestOsId ?? t('wizard.thisGuest') });
}

const networksText = ({ options }: Picked): string => [...new Set(options.networks.map(({ to }) => to))].join(', ');
