/** Says of a plan, or of a migration, that another engine has it, and leads there where this window knows the way. */
import { Alert, Button, Group, Text } from '@mantine/core';
import type { Given } from '../../../main/shared/given.ts';
import type { EngineId } from '../../../main/shared/engines.ts';
import { showEngine, useEngines } from '../../state/engines.ts';
import { momentText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';

interface GivenNoteProps {
  readonly given: Given;
  /** Of a plan that can be taken back from there. */
  readonly onTakeBack?: (engine: EngineId) => void;
}

export function GivenNote({ given: { to, at }, onTakeBack }: GivenNoteProps) {
  const { engines } = useEngines();
  const engine = engines.find(({ name, url }) => (to.url === null ? name === to.name : url === to.url));
  return (
    <Alert title={t('handover.given', { name: to.name })}>
      <Text size="sm">
        {t('handover.givenWhy', { time: momentText(at) })} {to.url}
      </Text>
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
