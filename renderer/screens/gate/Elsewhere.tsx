/** Instead of the shell while an engine elsewhere that shall be shown does not answer, or will not. */
import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import type { ErrorInfo } from '../../../main/shared/errors.ts';
import type { KeptEngine, Lost } from '../../../main/shared/engines.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { showEngine, tryEngineNow } from '../../state/engines.ts';
import { timeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { EngineDialog } from '../settings/EngineDialog.tsx';
import { Gate } from './Gate.tsx';

export function Unreachable({ name, lost: { error, triesAt } }: { readonly name: string; readonly lost: Lost }) {
  return (
    <Gate title={t('engine.unreachable', { name })}>
      <Text component="output">
        {triesAt === null
          ? t('engine.unreachableNow')
          : t('engine.unreachableWhy', { time: timeText(Date.parse(triesAt)) })}
      </Text>
      <ErrorCard error={error} />
      <Buttons isTrying={triesAt === null} />
    </Gate>
  );
}

export function Refused({ engine, error }: { readonly engine: KeptEngine; readonly error: ErrorInfo }) {
  const [isChanging, setIsChanging] = useState(false);
  return (
    <Gate title={t('engine.failed', { name: engine.name })}>
      <ErrorCard error={error} />
      <Buttons isTrying={false} onChange={() => setIsChanging(true)} />
      {isChanging && <EngineDialog engine={engine} onClose={() => setIsChanging(false)} />}
    </Gate>
  );
}

function Buttons({ isTrying, onChange }: { readonly isTrying: boolean; readonly onChange?: () => void }) {
  return (
    <>
      <Group gap="xs">
        <Button loading={isTrying} onClick={tryEngineNow}>
          {t('engine.tryNow')}
        </Button>
        {onChange !== undefined && (
          <Button variant="default" onClick={onChange}>
            {t('engine.change')}
          </Button>
        )}
        <Button variant="default" onClick={() => void showEngine(null)}>
          {t('engine.showOwn')}
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        {t('engine.ownGoesOn')}
      </Text>
    </>
  );
}
