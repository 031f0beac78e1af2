/** One option as a field: the same for the plan and for a machine of it. */
import { Checkbox, Group, NativeSelect, TagsInput, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { CloudFacts } from '../../../../main/shared/cloud.ts';
import type { MigrationOptions } from '../../../../main/shared/migration.ts';
import { NumberField } from '../../../parts/NumberField.tsx';
import { t } from '../../../texts/t.ts';
import { choicesFor } from './field-choices.ts';
import { fieldLabel, type FieldName } from './field-names.ts';

interface OptionFieldProps {
  readonly name: FieldName;
  readonly id: string;
  readonly value: MigrationOptions[FieldName];
  readonly onChange: (value: MigrationOptions[FieldName]) => void;
  readonly facts: CloudFacts | null;
  /** Under the label: why it is proposed, or what it does. */
  readonly note?: ReactNode;
  readonly error?: string | null;
  readonly isOff?: boolean;
}

export function OptionField({ name, id, value, onChange, facts, note, error = null, isOff = false }: OptionFieldProps) {
  const common = { id, label: fieldLabel(name), description: note, error, disabled: isOff };
  switch (name) {
    case 'mayPullPlug':
    case 'keepMac':
    case 'createFlavor':
    case 'keepImages':
      return (
        <Checkbox
          {...common}
          checked={value === true}
          onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        />
      );
    case 'shutDownTimeoutSeconds':
    case 'bootTimeoutSeconds':
      return (
        <NumberField
          {...common}
          unit="s"
          value={Number.isFinite(value) ? Number(value) : null}
          onChange={(typed) => onChange(typed ?? Number.NaN)}
          min={0}
          max={86_400}
        />
      );
    case 'reachablePort':
      return (
        <NumberField
          {...common}
          value={typeof value === 'number' ? value : null}
          onChange={onChange}
          placeholder={t('wizard.notTried')}
          min={1}
          max={65_535}
        />
      );
    case 'targetName':
    case 'consoleMarker':
      return (
        <TextInput
          {...common}
          value={typeof value === 'string' ? value : ''}
          placeholder={t(name === 'targetName' ? 'wizard.sameName' : 'wizard.anyPrompt')}
          onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? null : currentTarget.value)}
        />
      );
    case 'securityGroups':
      return (
        <Checkbox.Group
          {...common}
          description={note ?? (listOf(value).length === 0 ? t('wizard.groupsDefault') : undefined)}
          value={listOf(value)}
          onChange={onChange}
        >
          <Group gap="md" mt={6}>
            {[...new Set([...(facts?.securityGroups ?? []).map((one) => one.name), ...listOf(value)])].map((group) => (
              <Checkbox key={group} value={group} label={group} />
            ))}
          </Group>
        </Checkbox.Group>
      );
    case 'nodeTags':
      return (
        <TagsInput
          {...common}
          value={listOf(value)}
          placeholder={listOf(value).length === 0 ? t('wizard.anyNode') : ''}
          splitChars={[',', ' ']}
          acceptValueOnBlur
          onChange={onChange}
        />
      );
    default: {
      const text = typeof value === 'string' ? value : '';
      const choices = choicesFor(name, facts);
      const isThere = text === '' || choices.some((one) => one.value === text);
      return (
        <NativeSelect
          {...common}
          data={isThere ? choices : [...choices, { value: text, label: t('wizard.notThere', { name: text }) }]}
          value={text}
          onChange={({ currentTarget }) => onChange(asChosen(name, currentTarget.value))}
        />
      );
    }
  }
}

const listOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** Of an option without a default, nothing chosen is null. */
const asChosen = (name: FieldName, chosen: string): MigrationOptions[FieldName] =>
  (chosen === '' ? null : chosen) as MigrationOptions[typeof name]; // choicesFor() offers nothing else
