/** What can be asked about templates of plans. */
import { z } from 'zod';
import { PlanTemplate } from '../plans.ts';
import { deleted, none, operation, type Operation, which } from './operation.ts';

const template = z.object({ template: which });

export const planTemplateOperations = {
  'planTemplates.list': operation({
    method: 'GET',
    path: '/v1/plan-templates',
    input: none,
    output: z.object({ templates: z.array(PlanTemplate) }),
    role: 'viewer',
    summary: 'The templates of plans',
  }),
  'planTemplates.save': operation({
    method: 'POST',
    path: '/v1/plan-templates',
    input: z.object({
      name: PlanTemplate.shape.name,
      plan: which.describe('of which everything but the machines is kept'),
      replace: z.boolean().default(false).describe('the template that has this name already'),
    }),
    output: PlanTemplate,
    role: 'operator',
    status: 201,
    summary: 'Keep what a plan has beside its machines, to write down others by it',
  }),
  'planTemplates.show': operation({
    method: 'GET',
    path: '/v1/plan-templates/{template}',
    input: template,
    output: PlanTemplate,
    role: 'viewer',
    summary: 'One template, by its name',
  }),
  'planTemplates.delete': operation({
    method: 'DELETE',
    path: '/v1/plan-templates/{template}',
    input: template,
    output: deleted,
    role: 'operator',
    summary: 'Forget a template; plans that were written down by it stay',
  }),
} satisfies Readonly<Record<string, Operation>>;
