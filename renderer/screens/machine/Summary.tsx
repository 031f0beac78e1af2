/** The machine in a few words. */
import type { HypervFacts } from '../../../main/shared/inventory.ts';
import type { Instance } from '../../../main/shared/operations/inventory.ts';
import { FactList, type Fact } from '../../parts/FactList.tsx';
import { numberText, sizeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { toolsText } from '../inventory/columns.tsx';
import classes from './Machine.module.css';
import { Section } from './Section.tsx';

export function Summary({ vm }: { readonly vm: Instance }) {
  const { guest, firmware, secureBoot } = vm;
  const sizeBytes = vm.disks.reduce((sum, disk) => sum + disk.sizeBytes, 0);
  const firmwareName = firmware.toUpperCase();
  const facts: readonly Fact[] = [
    [t('machine.source'), vm.source],
    [t('machine.datacenter'), vm.datacenter],
    [t('machine.cluster'), vm.cluster],
    [t('machine.folder'), vm.folder],
    [t('machine.os'), vm.guestOsName ?? vm.guestOsId],
    [t('machine.hostName'), guest.hostName],
    [t('machine.addresses'), addressesOf(vm).join(', ')],
    [t('machine.cpus'), numberText(vm.cpus)],
    [t('machine.memory'), sizeText(vm.memoryBytes)],
    [t('machine.disk'), `${numberText(vm.disks.length)} · ${sizeText(sizeBytes)}`],
    [t('machine.firmware'), secureBoot ? t('machine.secureBoot', { firmware: firmwareName }) : firmwareName],
    ...(vm.hyperv === undefined
      ? ([
          [t('machine.hardware'), vm.hardwareVersion === null ? null : numberText(vm.hardwareVersion)],
        ] satisfies Fact[])
      : hypervFacts(vm.hyperv)),
    [t('machine.tools'), toolsText(guest)],
    [t(vm.hyperv === undefined ? 'machine.cbt' : 'machine.rct'), t(vm.changeTracking ? 'machine.yes' : 'machine.no')],
    [t('machine.tags'), vm.tags.join(', ')],
    [t('machine.ref'), <code key="ref">{vm.ref}</code>],
    [t('machine.uuid'), vm.instanceUuid === null ? null : <code key="uuid">{vm.instanceUuid}</code>],
    [t('machine.notes'), vm.annotation],
  ];
  const said = facts.filter(([, value]) => value !== null && value !== '');
  const half = Math.ceil(said.length / 2);
  return (
    <Section title={t('machine.summary')}>
      <div className={classes['two']}>
        <FactList facts={said.slice(0, half)} />
        <FactList facts={said.slice(half)} />
      </div>
    </Section>
  );
}

function hypervFacts(hyperv: HypervFacts): Fact[] {
  const { generation, version, dynamicMemory, checkpointType, replication, secureBootTemplate } = hyperv;
  return [
    [t('machine.generation'), numberText(generation)],
    [t('machine.configuration'), version],
    [
      t('machine.dynamicMemory'),
      dynamicMemory === null
        ? t('machine.no')
        : t('machine.memorySpan', {
            least: sizeText(dynamicMemory.minimum),
            most: sizeText(dynamicMemory.maximum),
            first: sizeText(dynamicMemory.startup),
          }),
    ],
    [t('machine.checkpointType'), checkpointType],
    [t('machine.replication'), replication],
    [t('machine.secureBootTemplate'), secureBootTemplate],
    [t('machine.clustered'), hyperv.isClustered ? t('machine.yes') : null],
    [t('machine.shielded'), hyperv.isShielded ? t('machine.yes') : null],
    [t('machine.recovery'), hyperv.hasRecoveryCheckpoint ? t('machine.yes') : null],
  ];
}

const addressesOf = ({ nics }: Instance): string[] =>
  nics.flatMap(({ ipAddresses }) => ipAddresses.map(({ address }) => address));
