/** The templates of plans: what each holds, a new plan by one, and a way to forget it. */
import { Group, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { PlanTemplate } from '../../../../main/shared/plans.ts';
import { ConfirmDialog } from '../../../parts/ConfirmDialog.tsx';
import { Faces } from '../../../parts/Faces.tsx';
import { MayButton } from '../../../parts/MayButton.tsx';
import { Rows, Section, two } from '../../../parts/Section.tsx';
import { go, pathOf } from '../../../router.ts';
import { destinations, planTemplates, sources } from '../../../state/connections.ts';
import { t } from '../../../texts/t.ts';
import { namesOf } from '../plan-columns.tsx';
import { deleteTemplate, ownWaveTexts, settingsTexts, timesText } from './templates.ts';

export function TemplatesCard() {
  const known = planTemplates.use();
  useEffect(() => void planTemplates.load(), []); // another may have changed them meanwhile
  if (known.state === 'loading') return null; // the plans stand there already
  return (
    <Faces of={known} onRetry={() => void planTemplates.load()}>
      {(all) => (all.length === 0 ? null : <Known templates={all} />)}
    </Faces>
  );
}

function Known({ templates }: { readonly templates: readonly PlanTemplate[] }) {
  const from = namesOf(sources.use());
  const to = namesOf(destinations.use());
  const [doomed, setDoomed] = useState<PlanTemplate | null>(null);
  return (
    <Section title={t('templates.title')}>
      <Rows
        label={t('templates.title')}
        columns={[
          { title: t('plans.name') },
          { title: t('plans.route') },
          { title: t('plans.next') },
          { title: t('templates.settings') },
          { title: t('templates.actions') },
        ]}
        rows={templates.map((template) => [
          template.name,
          `${from.get(template.source) ?? template.source} → ${to.get(template.destination) ?? template.destination}`,
          two(timesText(template), ownWaveTexts(template).join('; ')),
          settingsTexts(template).join(', '),
          <Group key={template.name} gap="xs" wrap="nowrap">
            <MayButton
              takes="operator"
              size="compact-xs"
              mih={24}
              variant="default"
              aria-label={t('templates.newBy', { name: template.name })}
              onClick={() => go(pathOf('plans', 'template', template.name))}
            >
              {t('plans.new')}
            </MayButton>
            <MayButton
              takes="operator"
              size="compact-xs"
              mih={24}
              variant="outline"
              color="danger"
              aria-label={t('templates.deleteAbout', { name: template.name })}
              onClick={() => setDoomed(template)}
            >
              {t('templates.delete')}
            </MayButton>
          </Group>,
        ])}
      />
      {doomed !== null && (
        <ConfirmDialog
          title={t('templates.deleteAbout', { name: doomed.name })}
          doIt={t('templates.delete')}
          onDo={async () => await deleteTemplate(doomed)}
          onClose={() => setDoomed(null)}
        >
          <Text>{t('templates.deleteWhat')}</Text>
        </ConfirmDialog>
      )}
    </Section>
  );
}
