/**
 * Everything that Guts can be asked to do over REST, in one table: the server, its OpenAPI description, the typed client
 * and the handlers are made of it. A field of `input` that stands in the path is taken from there; the others are the
 * query of GET and DELETE, and the JSON body of POST and PUT.
 */
import type { z } from 'zod';
import { accessOperations } from './operations/access.ts';
import { checkOperations } from './operations/checks.ts';
import { assessmentOperations } from './operations/assessments.ts';
import { destinationOperations } from './operations/destinations.ts';
import { doctorOperations } from './operations/doctor.ts';
import { handoverOperations } from './operations/handovers.ts';
import { inventoryOperations } from './operations/inventory.ts';
import { logOperations } from './operations/logs.ts';
import { migrationOperations } from './operations/migrations.ts';
import type { Operation } from './operations/operation.ts';
import { planFileOperations } from './operations/plan-files.ts';
import { planTemplateOperations } from './operations/plan-templates.ts';
import { planOperations } from './operations/plans.ts';
import { reportOperations } from './operations/reports.ts';
import { serviceOperations } from './operations/service.ts';
import { sourceOperations } from './operations/sources.ts';

export { isMaking, type Operation } from './operations/operation.ts';
export { Instance, InstanceRow, NetworkRow, Resource, VolumeRow } from './operations/inventory.ts';
export { MigrationAction } from './operations/migration-action.ts';

export const operations = {
  ...sourceOperations,
  ...destinationOperations,
  ...inventoryOperations,
  ...migrationOperations,
  ...checkOperations,
  ...planOperations,
  ...handoverOperations,
  ...planFileOperations,
  ...planTemplateOperations,
  ...assessmentOperations,
  ...reportOperations,
  ...doctorOperations,
  ...serviceOperations,
  ...logOperations,
  ...accessOperations,
} satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof operations;
export const operationNames = Object.keys(operations) as OperationName[]; // Object.keys forgets which strings they are
/** As callers write it: what has a default may be left out. */
export type InputOf<K extends OperationName> = z.input<(typeof operations)[K]['input']>;
/** As handlers get it. */
export type ParsedOf<K extends OperationName> = z.output<(typeof operations)[K]['input']>;
export type OutputOf<K extends OperationName> = z.output<(typeof operations)[K]['output']>;
