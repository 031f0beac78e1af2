/** The weight of a finding: its order, its colour, and its badge. */
import type { ReactElement } from 'react';
import type { Severity } from '../../main/shared/preflight.ts';
import { t } from '../texts/t.ts';
import { badge, type Tone } from './Badge.tsx';

/** The weightiest first. */
export const severities: readonly Severity[] = ['blocks', 'warns', 'informs'];

export const severityTones: Readonly<Record<Severity, Tone>> = { blocks: 'bad', warns: 'wait', informs: 'info' };

export const severityBadge = (severity: Severity): ReactElement =>
  badge(severityTones[severity], t(`wizard.severity.${severity}`));
