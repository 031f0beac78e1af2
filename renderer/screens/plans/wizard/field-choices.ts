/** What an option can be, with the cloud's own things by their names. */
import type { CloudFacts } from '../../../../main/shared/cloud.ts';
import { sizeText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import type { FieldName } from './field-names.ts';

export interface FieldChoice {
  readonly value: string;
  readonly label: string;
}

const MiB = 2 ** 20;
const GiB = 2 ** 30;

/** The empty value is for nothing chosen. */
export function choicesFor(name: FieldName, facts: CloudFacts | null): FieldChoice[] {
  const none = (label: string): FieldChoice => ({ value: '', label });
  const named = (names: readonly string[]): FieldChoice[] => names.map((value) => ({ value, label: value }));
  switch (name) {
    case 'whileRunning':
      return [
        { value: 'shutDown', label: t('wizard.shutDown') },
        { value: 'snapshot', label: t('wizard.snapshot') },
      ];
    case 'boot':
      return [
        { value: 'image', label: t('wizard.bootImage') },
        { value: 'volume', label: t('wizard.bootVolume') },
      ];
    case 'profile':
      return [
        { value: 'auto', label: t('wizard.profileAuto') },
        { value: 'virtio', label: t('wizard.profileVirtio') },
        { value: 'compatible', label: t('wizard.profileCompatible') },
      ];
    case 'flavor':
      return [
        none(t('wizard.flavorAuto')),
        ...(facts?.flavors ?? []).map(({ name, vcpus, memoryMiB, diskGiB }) => ({
          value: name,
          label: t('wizard.flavorLabel', {
            name,
            vcpus,
            memory: sizeText(memoryMiB * MiB),
            disk: sizeText(diskGiB * GiB),
          }),
        })),
      ];
    case 'volumeType':
      return [none(t('wizard.cloudDefault')), ...named((facts?.volumeTypes ?? []).map((one) => one.name))];
    case 'availabilityZone':
      return [none(t('wizard.cloudChooses')), ...named(facts?.availabilityZones ?? [])];
    case 'floatingNetwork':
      return [
        none(t('wizard.noFloating')),
        ...named((facts?.networks ?? []).filter(({ isExternal }) => isExternal).map((one) => one.name)),
      ];
    case 'keyPair':
      return [none(t('wizard.noKeyPair')), ...named(facts?.keyPairs ?? [])];
    case 'serverGroup':
      return [none(t('wizard.noServerGroup')), ...named((facts?.serverGroups ?? []).map((one) => one.name))];
    default:
      return [];
  }
}

/** A value as a cell of a table shows it. */
export function valueText(name: FieldName, value: unknown, facts: CloudFacts | null): string {
  if (typeof value === 'boolean') return t(value ? 'wizard.yes' : 'wizard.no');
  if (typeof value === 'number') return name === 'reachablePort' ? String(value) : `${value} s`;
  if (Array.isArray(value) && value.length > 0) return value.join(', ');
  if (name === 'nodeTags') return t('wizard.anyNode');
  if (Array.isArray(value)) return t('wizard.groupsDefault');
  const text = typeof value === 'string' ? value : '';
  if (text === '' && name === 'targetName') return t('wizard.sameName');
  if (text === '' && name === 'reachablePort') return t('wizard.notTried');
  if (text === '' && name === 'consoleMarker') return t('wizard.anyPrompt');
  if (name === 'flavor' && text !== '') return text;
  return choicesFor(name, facts).find((choice) => choice.value === text)?.label ?? text;
}
