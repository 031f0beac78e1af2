/** Answers what is asked about templates of plans. */
import type { PlanFile } from '../scheduler/plan-file.ts';
import type { PlannedWave } from '../shared/plans.ts';
import type { Some } from './handlers.ts';

export const planTemplateHandlers = (
  plans: PlanFile,
): Some<'planTemplates.list' | 'planTemplates.save' | 'planTemplates.show' | 'planTemplates.delete'> => ({
  'planTemplates.list': async () => await Promise.resolve({ templates: [...plans.templates] }),
  'planTemplates.save': async ({ name, plan, replace }) => {
    const { source, destination, options, window, priority, waves: planned } = plans.find(plan);
    const waves = planned.flatMap(withoutMoment);
    const createdAt = new Date().toISOString();
    const template = { name, source, destination, options, window, priority, waves, createdAt };
    await plans.putTemplate(template, replace);
    return template;
  },
  'planTemplates.show': async ({ template }) => await Promise.resolve(plans.template(template)),
  'planTemplates.delete': async ({ template }) => {
    const { name } = plans.template(template);
    await plans.removeTemplate(name);
    return { deleted: name };
  },
});

/** A first moment is over when the next plan comes; a wave that had nothing else is none of the template. */
const withoutMoment = ({ number, name, window }: PlannedWave): PlannedWave[] =>
  name === null && window === null ? [] : [{ number, name, window, notBefore: null }];
