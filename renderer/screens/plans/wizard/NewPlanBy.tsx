/** The wizard for a new plan that begins with what a template has. */
import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { Empty, Faces } from '../../../parts/Faces.tsx';
import { go } from '../../../router.ts';
import { planTemplates } from '../../../state/connections.ts';
import { t } from '../../../texts/t.ts';
import { templateNamed } from '../templates/templates.ts';
import { Begun } from './NewPlan.tsx';

export function NewPlanBy({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const known = planTemplates.use();
  const name = params['template'] ?? '';
  useEffect(() => {
    if (planTemplates.use.getState().state !== 'known') void planTemplates.load();
  }, []);
  return (
    <Faces of={known} onRetry={() => void planTemplates.load()}>
      {(all) => {
        const template = templateNamed(all, name);
        return template === null ? <Unknown /> : <Begun key={template.name} template={template} />;
      }}
    </Faces>
  );
}

function Unknown() {
  return (
    <Empty
      title={t('templates.unknown')}
      why={t('templates.unknownWhy')}
      action={<Button onClick={() => go('/plans')}>{t('plans.toPlans')}</Button>}
    />
  );
}
