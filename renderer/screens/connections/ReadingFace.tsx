/** How far the reading of an inventory is, or what came of it. */
import { Group, List, Loader, Stack, Text } from '@mantine/core';
import { Badge } from '../../parts/Badge.tsx';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { FactList } from '../../parts/FactList.tsx';
import type { Reading } from '../../state/readings.ts';
import { numberText, spanText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import type { ConnectionDeed } from './deeds.ts';
import { RemedyButtons } from './RemedyButtons.tsx';

interface ReadingFaceProps {
  readonly name: string;
  readonly reading: Reading;
  readonly onRetry: () => void;
  readonly onAsk: (deed: ConnectionDeed) => void;
}

export function ReadingFace({ name, reading, onRetry, onAsk }: ReadingFaceProps) {
  switch (reading.state) {
    case 'running':
      return (
        <Group>
          <Loader size="sm" />
          <div>
            <Text component="output">{t('connections.reading', { name })}</Text>
            <Text size="sm" c="dimmed">
              {reading.vms === 0
                ? t('connections.readBegins')
                : t('connections.readSoFar', { count: reading.vms, number: numberText(reading.vms) })}
            </Text>
          </div>
        </Group>
      );
    case 'failed':
      return (
        <ErrorCard
          title={t('connections.readingFailed', { name })}
          error={reading.error}
          onRetry={onRetry}
          actions={<RemedyButtons error={reading.error} onAsk={onAsk} />}
        />
      );
    case 'stopped':
      return <Text component="output">{t('connections.readingStopped')}</Text>;
    case 'done': {
      const { vms, networks, datastores, hosts, warnings, seconds } = reading.result;
      return (
        <Stack gap="sm">
          <output>
            <Badge tone={warnings.length === 0 ? 'good' : 'wait'}>
              {t('connections.readIn', { span: spanText(seconds) })}
            </Badge>
          </output>
          <FactList
            facts={[
              [t('connections.machines'), numberText(vms)],
              [t('connections.networks'), numberText(networks)],
              [t('connections.datastores'), numberText(datastores)],
              [t('connections.hosts'), numberText(hosts)],
            ]}
          />
          {warnings.length > 0 && (
            <section>
              <Text fw={600}>{t('connections.warnings')}</Text>
              <List>
                {warnings.map((warning) => (
                  <List.Item key={warning}>{warning}</List.Item>
                ))}
              </List>
            </section>
          )}
        </Stack>
      );
    }
  }
}
