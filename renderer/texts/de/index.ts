/** Every word that the window shows, in German. */
import type { en } from '../en/index.ts';
import { activity } from './activity.ts';
import { assessment } from './assessment.ts';
import { comparison } from './comparison.ts';
import { connections } from './connections.ts';
import { desktop } from './desktop.ts';
import { doctor } from './doctor.ts';
import { engines } from './engines.ts';
import { errors } from './errors.ts';
import { fleet } from './fleet.ts';
import { handover } from './handover.ts';
import { health } from './health.ts';
import { inventory } from './inventory.ts';
import { log } from './log.ts';
import { migration } from './migration.ts';
import { migrations } from './migrations.ts';
import { overview } from './overview.ts';
import { plans } from './plans.ts';
import { rehearsal } from './rehearsal.ts';
import { reports } from './reports.ts';
import { session } from './session.ts';
import { settings } from './settings.ts';
import { shell } from './shell.ts';
import { stages } from './stages.ts';
import { table } from './table.ts';
import { templates } from './templates.ts';
import { waves } from './waves.ts';
import { welcome } from './welcome.ts';
import { wizard } from './wizard.ts';
import { wizardCheck } from './wizard-check.ts';
import { wizardOptions } from './wizard-options.ts';
import { wizardPorts } from './wizard-ports.ts';

export const de: Readonly<Record<keyof typeof en, string>> = {
  ...activity,
  ...assessment,
  ...comparison,
  ...connections,
  ...desktop,
  ...doctor,
  ...engines,
  ...errors,
  ...fleet,
  ...handover,
  ...health,
  ...inventory,
  ...log,
  ...migration,
  ...migrations,
  ...overview,
  ...plans,
  ...rehearsal,
  ...reports,
  ...session,
  ...settings,
  ...shell,
  ...stages,
  ...table,
  ...templates,
  ...waves,
  ...welcome,
  ...wizard,
  ...wizardCheck,
  ...wizardOptions,
  ...wizardPorts,
};
