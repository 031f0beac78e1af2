/** A number that is typed, by the browser's own field: arrows and bounds come with it. */
import { TextInput, type TextInputProps } from '@mantine/core';
import { useState } from 'react';

type NumberFieldProps = Omit<TextInputProps, 'label' | 'value' | 'defaultValue' | 'onChange' | 'type'> & {
  readonly label: string;
  /** Short, such as `s`; stands in brackets behind the label. */
  readonly unit?: string;
  /** Null is an empty field. */
  readonly value: number | null;
  /** Hears of everything that is typed, also what is out of bounds. */
  readonly onChange: (value: number | null) => void;
};

export function NumberField({ label, unit, value, onChange, ...props }: NumberFieldProps) {
  /** What stands there as long as somebody types, whatever becomes of it: “0.”, or nothing on the way to another number. */
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <TextInput
      {...props}
      type="number"
      label={unit === undefined ? label : `${label} (${unit})`}
      value={typed ?? value ?? ''}
      onBlurCapture={() => setTyped(null)}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        onChange(currentTarget.value === '' ? null : currentTarget.valueAsNumber);
      }}
    />
  );
}
