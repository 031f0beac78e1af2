/** A number that is typed, by the browser's own field: arrows and bounds come with it. Null is an empty field. */
import { TextInput, type TextInputProps } from '@mantine/core';

type NumberFieldProps = Omit<TextInputProps, 'label' | 'value' | 'defaultValue' | 'onChange' | 'type'> & {
  readonly label: string;
  /** Short, such as `s`; stands in brackets behind the label. */
  readonly unit?: string;
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
};

export function NumberField({ label, unit, value, onChange, ...props }: NumberFieldProps) {
  return (
    <TextInput
      {...props}
      type="number"
      label={unit === undefined ? label : `${label} (${unit})`}
      value={value ?? ''}
      onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? null : currentTarget.valueAsNumber)}
    />
  );
}
