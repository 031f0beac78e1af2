/** What stops or endangers the machine's move to a destination: looked for when somebody asks. */
import { Button, Group, NativeSelect, Text } from '@mantine/core';
import { useState } from 'react';
import type { SourceId } from '../../../main/shared/connections.ts';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import type { OutputOf } from '../../../main/shared/operations.ts';
import type { Finding } from '../../../main/shared/preflight.ts';
import { call } from '../../api.ts';
import { Badge } from '../../parts/Badge.tsx';
import { severities, severityTones } from '../../parts/severity.tsx';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { MayButton } from '../../parts/MayButton.tsx';
import { go } from '../../router.ts';
import { destinations } from '../../state/connections.ts';
import { remedyText } from '../../../main/shared/remedy.ts';
import { t } from '../../texts/t.ts';
import classes from './Machine.module.css';
import { Section } from './Section.tsx';

interface ConcernsProps {
  readonly source: SourceId;
  readonly vm: string;
}

type Looked =
  | { readonly state: 'none' | 'looking' }
  | { readonly state: 'failed'; readonly error: ErrorInfo }
  | { readonly state: 'known'; readonly result: OutputOf<'checks.run'> };

export function Concerns({ source, vm }: ConcernsProps) {
  const known = destinations.use();
  const all = known.state === 'known' ? known.value : [];
  const [wanted, setWanted] = useState<string | null>(null);
  const [looked, setLooked] = useState<Looked>({ state: 'none' });
  const destination = all.find(({ id }) => id === wanted) ?? all[0];
  const look = async (): Promise<void> => {
    if (destination === undefined) return;
    setLooked({ state: 'looking' });
    try {
      const result = await call('checks.run', { source, vm, destination: destination.id });
      setLooked({ state: 'known', result });
    } catch (error) {
      setLooked({ state: 'failed', error: toErrorInfo(error) });
    }
  };

  return (
    <Section title={t('machine.concerns')}>
      <Text size="sm" c="dimmed" mb="xs">
        {t('machine.concernsWhy')}
      </Text>
      {known.state === 'failed' && <ErrorCard error={known.error} onRetry={() => void destinations.load()} />}
      {known.state === 'known' && destination === undefined && (
        <Group gap="sm">
          <Text size="sm">{t('machine.noDestination')}</Text>
          <Button size="xs" variant="default" onClick={() => go('/connections/new/cloud')}>
            {t('machine.addDestination')}
          </Button>
        </Group>
      )}
      {destination !== undefined && (
        <Group gap="sm" align="end">
          <NativeSelect
            size="xs"
            label={t('machine.destination')}
            value={destination.id}
            data={all.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={({ currentTarget }) => {
              setWanted(currentTarget.value);
              setLooked({ state: 'none' });
            }}
          />
          <MayButton size="xs" takes="operator" loading={looked.state === 'looking'} onClick={() => void look()}>
            {t('machine.check')}
          </MayButton>
          <output>{looked.state === 'looking' && t('machine.checking')}</output>
        </Group>
      )}
      {looked.state === 'failed' && <ErrorCard error={looked.error} onRetry={() => void look()} />}
      {looked.state === 'known' && <Outcome result={looked.result} />}
    </Section>
  );
}

function Outcome({ result }: { readonly result: OutputOf<'checks.run'> }) {
  const { findings, mayStart } = result;
  const sorted = findings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  return (
    <>
      <Text component="output" display="block" mt="sm">
        <Badge tone={mayStart ? 'good' : 'bad'}>{t(mayStart ? 'machine.mayStart' : 'machine.mayNotStart')}</Badge>{' '}
        {findings.length === 0 && t('machine.clean')}
      </Text>
      <ul className={classes['findings']}>
        {sorted.map((finding) => (
          <li key={`${finding.id} ${finding.about.join()}`} className={classes['finding']}>
            <One {...finding} />
          </li>
        ))}
      </ul>
    </>
  );
}

const One = ({ id, severity, says, about, remedy }: Finding) => (
  <>
    <div>
      <Badge tone={severityTones[severity]}>{t(`machine.${severity}`)}</Badge>
    </div>
    <div>
      <p>
        <strong>{says}</strong> <code>{id}</code>
      </p>
      <p className={classes['about']}>{about.join(' · ')}</p>
      <p>
        <strong>{t('error.whatToDo')}:</strong> {remedyText(remedy)}
      </p>
    </div>
  </>
);
