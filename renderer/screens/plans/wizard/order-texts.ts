/** What a plan will do, step by step, and what its source will feel of it. */
import type { Totals } from '../../../../main/shared/proposals/totals.ts';
import { numberText, sizeText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { nextStartText, timesToCome } from '../when-text.ts';
import { numberAndName, ownOf, ownTimesTexts } from '../waves/waves.ts';
import type { Wizard } from './context.ts';
import type { Picked } from './effective.ts';

/** So many names stand in a line. */
const MOST_NAMED = 8;

export function orderTexts({ draft, picked }: Pick<Wizard, 'draft' | 'picked'>): string[] {
  const fresh = picked.filter(({ machine }) => machine.migration === null);
  const waves = [...new Set(fresh.map(({ machine }) => machine.wave))].sort((a, b) => a - b);
  const when = nextStartText(timesToCome(draft));
  return [
    t('wizard.order.queue', { count: fresh.length, number: numberText(fresh.length), when }),
    ...waves.map((wave, at) => {
      const names = fresh.filter(({ machine }) => machine.wave === wave).map(({ machine }) => machine.name);
      const values = { wave: numberAndName(draft, wave), count: names.length, names: namesText(names) };
      if (waves.length === 1) return t('wizard.order.oneWave', values);
      return t(at === 0 ? 'wizard.order.firstWave' : 'wizard.order.nextWave', values);
    }),
    ...waves.flatMap((wave) => {
      const times = ownTimesTexts(ownOf(draft, wave)).join('; ');
      return times === '' ? [] : [t('wizard.order.waveTimes', { wave: numberAndName(draft, wave), times })];
    }),
    t('wizard.order.each'),
    t('wizard.order.proof'),
  ];
}

export function sourceTexts(picked: readonly Picked[]): string[] {
  const fresh = picked.filter(({ machine, vm }) => machine.migration === null && vm !== null);
  const running = fresh.filter(({ vm }) => vm?.power === 'on');
  const shutDown = running.filter(({ options }) => options.whileRunning === 'shutDown');
  const pulled = shutDown.filter(({ options }) => options.mayPullPlug);
  const copied = running.filter(({ options }) => options.whileRunning === 'snapshot');
  const off = fresh.length - running.length;
  const texts: string[] = [];
  if (shutDown.length > 0) texts.push(t('wizard.feels.shutDown', valuesOf(shutDown)));
  if (pulled.length > 0) texts.push(t('wizard.feels.pulled', valuesOf(pulled)));
  if (copied.length > 0) texts.push(t('wizard.feels.snapshot', valuesOf(copied)));
  if (off > 0) texts.push(t('wizard.feels.off', { count: off, number: numberText(off) }));
  texts.push(t('wizard.feels.reads'));
  return texts;
}

/** “2 VMs with 60 GiB of disks become servers with 1 volume and 3 ports.” */
export function totalsText({ machines, bytes, needs: { volumes, ports } }: Totals): string {
  const values = { count: machines, vms: numberText(machines), size: sizeText(bytes) };
  const made = [
    ...(volumes > 0 ? [t('wizard.volumesMade', { count: volumes, number: numberText(volumes) })] : []),
    ...(ports > 0 ? [t('wizard.portsMade', { count: ports, number: numberText(ports) })] : []),
  ];
  if (made.length === 0) return t('wizard.totalsBare', values);
  return t('wizard.totalsText', { ...values, made: made.join(` ${t('wizard.and')} `) });
}

const valuesOf = (some: readonly Picked[]) => ({
  count: some.length,
  number: numberText(some.length),
  names: namesText(some.map(({ machine }) => machine.name)),
});

function namesText(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` … (+${numberText(more)})` : ''}`;
}
