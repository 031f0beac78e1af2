/** What else a rehearsal looks at: flavors, addresses, storage, twins, time, machines that belong together, leftovers. */
import type { Rehearsal, RehearsedFlavor } from '../../../main/shared/rehearsal.ts';
import { badge, type Tone } from '../../parts/Badge.tsx';
import { enoughBadge } from '../../parts/enough.tsx';
import { Listing } from '../../parts/Listing.tsx';
import { Section, two } from '../../parts/Section.tsx';
import { diskText, flavorText } from '../../texts/capacity.ts';
import { momentText, numberText, rateText, roughSpanText, sizeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';

interface Of {
  readonly rehearsal: Rehearsal;
}

const MOST_NAMED = 8;
const states: Readonly<Record<RehearsedFlavor['state'], Tone>> = { there: 'good', made: 'info', missing: 'bad' };

function some(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` … (+${numberText(more)})` : ''}`;
}

export function Flavors({ rehearsal: { flavors } }: Of) {
  return (
    <Listing
      title={t('rehearsal.flavors')}
      columns={[
        { title: t('rehearsal.flavor') },
        { title: t('rehearsal.state') },
        { title: t('rehearsal.size') },
        { title: t('plans.machines') },
      ]}
      rows={flavors.map(({ name, state, says, machines, ...size }) => [
        two(name, says),
        badge(states[state], t(`rehearsal.flavor.${state}`)),
        flavorText(size),
        some(machines),
      ])}
    />
  );
}

export function Subnets({ rehearsal: { subnets } }: Of) {
  return (
    <Listing
      title={t('rehearsal.subnets')}
      columns={[
        { title: t('rehearsal.subnet') },
        { title: t('rehearsal.free'), isNumber: true },
        { title: t('rehearsal.earlier'), isNumber: true },
        { title: t('wizard.quota.needed'), isNumber: true },
        { title: t('rehearsal.fixed'), isNumber: true },
        { title: t('rehearsal.enough') },
      ]}
      rows={subnets.map(({ name, network, cidr, free, counted, earlier, needs, fixed, short }) => [
        two(`${network} / ${name}`, cidr),
        two(
          free === null ? t('rehearsal.unknown') : numberText(free),
          counted === 'ports' ? t('rehearsal.countedByPorts') : '',
        ),
        numberText(earlier),
        numberText(needs),
        numberText(fixed),
        enoughBadge(short > 0 ? numberText(short) : null, free === null ? t('rehearsal.unknown') : null),
      ])}
    />
  );
}

export function Storage({ rehearsal: { storage } }: Of) {
  return (
    <Listing
      title={t('rehearsal.storage')}
      empty={t(storage === null ? 'rehearsal.storageHidden' : 'rehearsal.noVolumes')}
      columns={[
        { title: t('rehearsal.backend') },
        { title: t('rehearsal.free'), isNumber: true },
        { title: t('rehearsal.earlier'), isNumber: true },
        { title: t('wizard.quota.needed'), isNumber: true },
        { title: t('rehearsal.enough') },
      ]}
      rows={(storage ?? []).map(({ backend, pools, volumeTypes, freeGiB, earlierGiB, needsGiB, shortGiB }) => [
        two(backend ?? some(pools), volumeTypes.join(', ')),
        freeGiB === null ? t('rehearsal.unknown') : diskText(freeGiB),
        diskText(earlierGiB),
        diskText(needsGiB),
        enoughBadge(shortGiB > 0 ? diskText(shortGiB) : null, freeGiB === null ? t('rehearsal.unknown') : null),
      ])}
    />
  );
}

export function Twins({ rehearsal: { twins } }: Of) {
  return (
    <Listing
      title={t('rehearsal.twins')}
      columns={[
        { title: t('report.value') },
        { title: t('report.kind') },
        { title: t('plans.machines') },
        { title: t('rehearsal.taken') },
      ]}
      rows={twins.map(({ kind, value, network, machines, taken }) => [
        two(value, network ?? ''),
        t(`rehearsal.twin.${kind}`),
        some(machines),
        taken.length === 0 ? '–' : some(taken),
      ])}
    />
  );
}

export function Times({ rehearsal: { times } }: Of) {
  const { bytes, bytesPerSecond, from, atOnce, seconds, window, notBefore } = times;
  return (
    <Section title={t('rehearsal.times')}>
      <p>
        {seconds === null || bytesPerSecond === null || from === null
          ? t('rehearsal.noRate', { size: sizeText(bytes) })
          : t(`rehearsal.takes.${from}`, {
              span: roughSpanText(seconds),
              size: sizeText(bytes),
              rate: rateText(bytesPerSecond),
              atOnce: numberText(atOnce),
            })}
      </p>
      {window === null ? (
        <p>{t('rehearsal.noWindow')}</p>
      ) : (
        <p>
          {window.opensAt === null
            ? t('rehearsal.windowNever', { says: window.says })
            : t('rehearsal.window', {
                says: window.says,
                opens: momentText(window.opensAt),
                span: roughSpanText(window.seconds),
              })}
        </p>
      )}
      {notBefore !== null && <p>{t('rehearsal.notBefore', { time: momentText(notBefore) })}</p>}
    </Section>
  );
}

export function Torn({ rehearsal: { torn } }: Of) {
  return (
    <Listing
      title={t('rehearsal.torn')}
      columns={[{ title: t('rehearsal.group') }, { title: t('rehearsal.inWave') }, { title: t('rehearsal.elsewhere') }]}
      rows={torn.map(({ by, name, inWave, elsewhere }) => [
        two(name, t(`rehearsal.by.${by}`)),
        some(inWave),
        some(
          elsewhere.map(({ name: other, wave }) =>
            wave === null
              ? t('rehearsal.notInPlan', { name: other })
              : t('rehearsal.inOther', { name: other, wave: numberText(wave) }),
          ),
        ),
      ])}
    />
  );
}

export function Leftovers({ rehearsal: { leftovers } }: Of) {
  return (
    <Listing
      title={t('rehearsal.leftovers')}
      columns={[{ title: t('report.name') }, { title: t('report.kind') }, { title: t('rehearsal.migration') }]}
      rows={leftovers.map(({ name, kind, migration }) => [name, kind, migration ?? t('rehearsal.unknown')])}
    >
      <p>
        {t('rehearsal.leftoversWhy')} <a href="#/health">{t('rehearsal.toHealth')}</a>
      </p>
    </Listing>
  );
}
