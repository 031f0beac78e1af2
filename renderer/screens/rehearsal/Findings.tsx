/** What the rules found in the wave as a whole and in single machines, and which of them could not be held. */
import type { Rehearsal } from '../../../main/shared/rehearsal.ts';
import { badge } from '../../parts/Badge.tsx';
import { severityBadge } from '../../parts/severity.tsx';
import { Listing } from '../../parts/Listing.tsx';
import { two, whole } from '../../parts/Section.tsx';
import { remedyText } from '../../../main/shared/remedy.ts';
import { t } from '../../texts/t.ts';

interface Of {
  readonly rehearsal: Rehearsal;
}

export function Findings({ rehearsal: { findings } }: Of) {
  return (
    <Listing
      title={t('rehearsal.findings')}
      columns={[
        { title: t('rehearsal.rule') },
        { title: t('rehearsal.weight') },
        { title: t('rehearsal.found') },
        { title: t('error.whatToDo') },
      ]}
      rows={findings.map(({ id, severity, says, about, remedy }) => [
        whole(id),
        severityBadge(severity),
        two(says, about.join('; ')),
        remedyText(remedy),
      ])}
    />
  );
}

/** Machines with something of their own; the others are only counted. */
export function Machines({ rehearsal: { machines } }: Of) {
  const told = machines.filter(({ findings, obstacle }) => findings.length > 0 || obstacle !== null);
  return (
    <Listing
      title={t('rehearsal.ofMachines')}
      columns={[
        { title: t('reports.vm') },
        { title: t('reports.wave'), isNumber: true },
        { title: t('rehearsal.rule') },
        { title: t('rehearsal.weight') },
        { title: t('rehearsal.found') },
      ]}
      rows={told.flatMap(({ vm, wave, findings, obstacle }) => [
        ...(obstacle === null ? [] : [[vm.name, String(wave), '–', badge('bad', t('rehearsal.notSeen')), obstacle]]),
        ...findings.map(({ id, severity, says, about }) => [
          vm.name,
          String(wave),
          whole(id),
          severityBadge(severity),
          two(says, about.join('; ')),
        ]),
      ])}
    />
  );
}

export function NotHeld({ rehearsal: { notHeld } }: Of) {
  return (
    <Listing
      title={t('rehearsal.notHeld')}
      columns={[{ title: t('rehearsal.rule') }, { title: t('report.why') }]}
      rows={notHeld.map(({ id, why }) => [whole(id), why])}
    />
  );
}
