/** Says of a plan, of waves of it, or of a migration, that another engine has it, and leads there where this window knows the way. */
import { Alert, Button, Group, Text } from '@mantine/core';
import type { Given } from '../../../main/shared/given.ts';
import type { EngineId } from '../../../main/shared/engines.ts';
import type { ElsewhereWave, Plan } from '../../../main/shared/plans.ts';
import { showEngine, useEngines } from '../../state/engines.ts';
import { listText, momentText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { waveText } from './waves/waves.ts';

type TakeBack = (engine: EngineId, waves: readonly number[]) => void;

interface GivenNoteProps {
  readonly given: Given;
  /** Of a plan that can be taken back from there. */
  readonly onTakeBack?: ((engine: EngineId) => void) | undefined;
}

export function GivenNote({ given: { to, at }, onTakeBack }: GivenNoteProps) {
  return (
    <Note
      title={t('handover.given', { name: to.name })}
      says={`${t('handover.givenWhy', { time: momentText(at) })} ${to.url ?? ''}`}
      to={to}
      onTakeBack={onTakeBack}
    />
  );
}

/** A note for each engine that has waves of it. */
export function WavesNotes({ plan, onTakeBack }: { readonly plan: Plan; readonly onTakeBack?: TakeBack | undefined }) {
  const byPeer = new Map<string, ElsewhereWave[]>();
  for (const one of plan.elsewhere ?? []) {
    const key = JSON.stringify(one.to);
    byPeer.set(key, [...(byPeer.get(key) ?? []), one]);
  }
  return [...byPeer].map(([key, waves]) => {
    const [{ to } = { to: null }] = waves;
    const names = (some: readonly ElsewhereWave[]): string => listText(some.map(({ wave }) => waveText(plan, wave)));
    const open = waves.filter(({ isOpen }) => isOpen);
    const says = open.length === 0 ? t('handover.wavesOver') : t('handover.wavesOpen', { waves: names(open) });
    return to === null ? null : (
      <Note
        key={key}
        title={t('handover.wavesAt', { name: to.name, waves: names(waves) })}
        says={says}
        to={to}
        onTakeBack={
          onTakeBack &&
          ((engine) =>
            onTakeBack(
              engine,
              waves.map(({ wave }) => wave),
            ))
        }
      />
    );
  });
}

interface NoteProps extends Pick<GivenNoteProps, 'onTakeBack'> {
  readonly title: string;
  readonly says: string;
  readonly to: Given['to'];
}

function Note({ title, says, to, onTakeBack }: NoteProps) {
  const { engines } = useEngines();
  const engine = engines.find(({ name, url }) => (to.url === null ? name === to.name : url === to.url));
  return (
    <Alert title={title}>
      <Text size="sm">{says}</Text>
      {engine !== undefined && (
        <Group gap="xs" mt="xs">
          <Button size="xs" variant="default" onClick={() => void showEngine(engine.id)}>
            {t('handover.openThere')}
          </Button>
          {onTakeBack !== undefined && (
            <Button size="xs" onClick={() => onTakeBack(engine.id)}>
              {t('handover.takeBack')}
            </Button>
          )}
        </Group>
      )}
    </Alert>
  );
}
