/** Says what a new plan has from its template, and what of the template is not there any more. */
import { Alert } from '@mantine/core';
import type { PlanTemplate } from '../../../../main/shared/plans.ts';
import { t } from '../../../texts/t.ts';
import type { Draft } from '../wizard/draft.ts';
import { ownWaveTexts, timesText, settingsTexts } from './templates.ts';

interface ByTemplateProps {
  readonly template: PlanTemplate;
  readonly draft: Draft;
}

export function ByTemplate({ template, draft }: ByTemplateProps) {
  const isFirst = draft.step === 'machines';
  if (!isFirst && (draft.step !== 'destination' || draft.destination !== null)) return null;
  const has = [timesText(template), ...settingsTexts(template), ...ownWaveTexts(template)];
  return (
    <Alert color="guts" title={t('templates.begun', { name: template.name })}>
      {isFirst && <div>{has.join('; ')}</div>}
      {isFirst && draft.source === null && <div>{t('templates.noSource', { id: template.source })}</div>}
      {draft.destination === null && <div>{t('templates.noDestination', { id: template.destination })}</div>}
    </Alert>
  );
}
