/** The options that the wizard has fields for: what each is called, and what it is about. */
import type { MigrationOptions } from '../../../../main/shared/migration.ts';
import { t } from '../../../texts/t.ts';

/** In the order in which they stand. */
export const fieldGroups = {
  running: ['whileRunning', 'shutDownTimeoutSeconds', 'mayPullPlug'],
  server: ['keepMac', 'securityGroups', 'floatingNetwork', 'keyPair', 'serverGroup', 'keepImages'],
  proof: ['bootTimeoutSeconds', 'consoleMarker', 'reachablePort'],
  hardware: ['flavor', 'createFlavor', 'profile', 'boot', 'volumeType'],
  own: ['targetName', 'availabilityZone'],
  where: ['nodeTags'],
} as const satisfies Readonly<Record<string, readonly (keyof MigrationOptions)[]>>;

export type FieldName = (typeof fieldGroups)[keyof typeof fieldGroups][number];

export const fieldNames: readonly FieldName[] = Object.values(fieldGroups).flat();

export const isFieldName = (name: string): name is FieldName => fieldNames.some((one) => one === name);
export const fieldLabel = (name: FieldName): string => t(`wizard.field.${name}`);
/** Of the plan's own field. */
export const fieldId = (name: FieldName): string => `option-${name}`;
