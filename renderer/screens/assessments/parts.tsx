/** The parts of an assessment: rules, flavors, quota, networks, datastores, what will hurt. */
import type { AssessedRule, AssessmentSummary } from '../../../main/shared/assessment.ts';
import { badge } from '../../parts/Badge.tsx';
import { severities, severityBadge } from '../../parts/severity.tsx';
import { enoughBadge } from '../../parts/enough.tsx';
import { Listing } from '../../parts/Listing.tsx';
import { two, whole } from '../../parts/Section.tsx';
import { diskText, flavorText, memoryText } from '../../texts/capacity.ts';
import { numberText } from '../../texts/format.ts';
import { remedyText } from '../../../main/shared/remedy.ts';
import { quotaAmount, quotaName } from '../../texts/quota-amount.ts';
import { t } from '../../texts/t.ts';

interface Of {
  readonly summary: AssessmentSummary;
}

const weightThenMachines = (a: AssessedRule, b: AssessedRule): number =>
  severities.indexOf(a.severity) - severities.indexOf(b.severity) || b.machines - a.machines;

export function Rules({ summary: { rules } }: Of) {
  const found = rules.filter(({ machines }) => machines > 0).toSorted(weightThenMachines);
  return (
    <Listing
      title={t('assessment.rules')}
      columns={[
        { title: t('rehearsal.rule') },
        { title: t('rehearsal.weight') },
        { title: t('assessment.machines'), isNumber: true },
        { title: t('rehearsal.found') },
        { title: t('error.whatToDo') },
      ]}
      rows={found.map(({ id, severity, machines, says, remedy }) => [
        whole(id),
        severityBadge(severity),
        numberText(machines),
        says,
        remedyText(remedy),
      ])}
    />
  );
}

export function Hurts({ summary: { hurts } }: Of) {
  return (
    <Listing
      title={t('assessment.hurts')}
      columns={[{ title: t('assessment.hurt') }, { title: t('assessment.where') }]}
      rows={hurts.map(({ says, about }) => [says, about.join('; ')])}
    />
  );
}

export function Flavors({ summary: { flavors, totals } }: Of) {
  return (
    <Listing
      title={t('rehearsal.flavors')}
      columns={[
        { title: t('rehearsal.flavor') },
        { title: t('rehearsal.state') },
        { title: t('rehearsal.size') },
        { title: t('assessment.machines'), isNumber: true },
        { title: t('assessment.wasted') },
      ]}
      rows={flavors.map(({ name, isNew, vcpus, memoryMiB, diskGiB, machines, notMoving = 0, waste }) => [
        name,
        badge(isNew ? 'wait' : 'good', t(isNew ? 'assessment.toMake' : 'rehearsal.flavor.there')),
        flavorText({ vcpus, memoryMiB, diskGiB }),
        two(
          numberText(machines),
          notMoving === 0 ? '' : t('assessment.notMoving', { count: notMoving, number: numberText(notMoving) }),
        ),
        waste.vcpus === 0 && waste.memoryMiB === 0
          ? '–'
          : t('assessment.cpusAndMemory', { cpus: numberText(waste.vcpus), memory: memoryText(waste.memoryMiB) }),
      ])}
    >
      <p>
        {t('assessment.waste', {
          cpus: numberText(totals.flavorWaste.vcpus),
          memory: memoryText(totals.flavorWaste.memoryMiB),
        })}
      </p>
    </Listing>
  );
}

export function Quotas({ summary: { quotas } }: Of) {
  return (
    <Listing
      title={t('assessment.quotas')}
      columns={[
        { title: t('wizard.quota') },
        { title: t('assessment.needed'), isNumber: true },
        { title: t('wizard.quota.limit'), isNumber: true },
        { title: t('wizard.quota.used'), isNumber: true },
        { title: t('rehearsal.enough') },
      ]}
      rows={quotas.map((line) => [
        quotaName(line.of, line.type),
        quotaAmount(line.of, line.needs),
        line.quota === null
          ? '–'
          : line.quota.limit === null
            ? t('wizard.noLimit')
            : quotaAmount(line.of, line.quota.limit),
        line.quota === null ? '–' : quotaAmount(line.of, line.quota.used),
        enoughBadge(
          line.over > 0 ? quotaAmount(line.of, line.over) : null,
          line.quota === null ? t('assessment.noCloud') : null,
        ),
      ])}
    />
  );
}

export function Networks({ summary: { networks } }: Of) {
  return (
    <Listing
      title={t('assessment.networks')}
      columns={[
        { title: t('assessment.network') },
        { title: t('assessment.vlan'), isNumber: true },
        { title: t('assessment.machines'), isNumber: true },
        { title: t('assessment.cards'), isNumber: true },
        { title: t('assessment.addresses'), isNumber: true },
        { title: t('assessment.becomes') },
      ]}
      rows={networks.map(({ name, vlanId, machines, cards, addresses, to, proposal }) => [
        name,
        vlanId === null ? '–' : String(vlanId),
        numberText(machines),
        numberText(cards),
        numberText(addresses),
        two(to?.name ?? '–', proposal),
      ])}
    />
  );
}

export function Datastores({ summary: { datastores } }: Of) {
  return (
    <Listing
      title={t('assessment.datastores')}
      columns={[
        { title: t('assessment.datastore') },
        { title: t('assessment.machines'), isNumber: true },
        { title: t('assessment.disks'), isNumber: true },
        { title: t('rehearsal.size'), isNumber: true },
        { title: t('assessment.becomes') },
      ]}
      rows={datastores.map(({ name, kind, machines, disks, gib, to, why }) => [
        two(name, kind ?? ''),
        numberText(machines),
        numberText(disks),
        diskText(gib),
        two(to ?? t('assessment.defaultType'), why),
      ])}
    />
  );
}
